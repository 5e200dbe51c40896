package dev.relevo.failover.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values that settings must have, for nothing to be lost. */
final class Expected {
  private final Map<String, List<String>> values = new LinkedHashMap<>();

  Expected put(String setting, String... anyOf) {
    values.put(setting, List.of(anyOf));
    return this;
  }

  /** Which settings have other values, and which they should have. */
  List<String> unsound(Sql.Row row) {
    List<String> unsound = new ArrayList<>();
    values.forEach(
        (setting, wanted) -> {
          if (wanted.stream().noneMatch(value -> row.is(setting, value))) {
            unsound.add(
                "%s=%s, want %s".formatted(setting, row.get(setting), String.join(" or ", wanted)));
          }
        });
    return unsound;
  }
}
