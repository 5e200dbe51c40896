package dev.relevo.load;

/** A kind of request that is measured. */
public enum Kind {
  ORDER("POST /orders"),
  PRODUCTS("GET /app1/products"),
  APP_ORDER("POST /app2/orders"),
  APP_REPORT("POST /app3/reports"),
  REPORTS("GET /app3/reports");

  private final String title;

  Kind(String title) {
    this.title = title;
  }

  /** As the edge sees it. */
  public String title() {
    return title;
  }
}
