package dev.relevo.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the answer to a request for a list. */
public final class Page {

  /**
   * A page.
   *
   * @param rows in the order of their {@code id}, at most {@code limit}
   * @return {@code items}, the rows, and {@code next}, the id after which the next page starts;
   *     null if there are fewer rows than a page may have, so that this one is the last
   */
  public Map<String, Object> of(List<Map<String, Object>> rows, int limit) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("items", rows);
    page.put("next", rows.size() < limit ? null : rows.get(rows.size() - 1).get("id"));
    return page;
  }
}
