package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import dev.relevo.role.watchdog.SimulatedWatchdog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The pages, as someone uses them in a browser. */
class ConsoleIT {
  private static Browser browser;
  private final Client middleware = new Client(TestTopology.url("middleware"), new Ledger());

  @BeforeAll
  static void open() {
    browser = Browser.open(1280, 2000);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void openConsole(String url) {
    browser.go(url + "/");
    browser.awaitText(By.id("live"), "live");
  }

  private static void signIn() {
    if (browser.text(By.id("sign-in")).equals("Sign in")) {
      browser.click(By.id("sign-in"));
      browser.type(
          By.name("token"), TestTopology.OPERATOR_TOKEN + Keys.TAB + Keys.TAB + Keys.ENTER);
      browser.awaitText(By.id("sign-in"), "Signed in");
    }
  }

  private static void order(int product, int qty) {
    browser.type(By.name("product_id"), Integer.toString(product));
    browser.type(By.name("qty"), Integer.toString(qty) + Keys.ENTER);
  }

  @Test
  void anOrderIsPlacedAndItsSagaSeenToFinish() {
    int product = Shop.newProduct(10);
    openConsole(TestTopology.url("middleware"));
    signIn();

    order(product, 3);

    browser.awaitText(By.cssSelector("#order-result p"), "200 after");
    browser.awaitText(By.id("order-result"), "stock taken: 7 of Of a test left");
    browser.awaitText(By.id("order-saga"), ": done");
    browser.awaitText(By.id("order-saga"), "write-report: done");
    String saga = sagaOfTheOrder();
    browser.awaitText(By.cssSelector("#saga-" + saga + " .state"), "COMPLETED");
    browser.awaitText(By.id("total-200"), "1");
    browser.awaitText(By.id("p95"), "ms");
    browser.picture("console");

    order(product, 100);

    browser.awaitText(By.cssSelector("#order-result p"), "409 after");
    browser.awaitText(By.id("order-result"), "stock");
    browser.awaitText(By.id("order-saga"), ": undone");
    browser.awaitText(By.id("order-saga"), "take-stock: undone by release-stock");
    assertThat(sagaOfTheOrder()).isNotEqualTo(saga);
    browser.awaitText(By.cssSelector("#saga-" + sagaOfTheOrder() + " .state"), "COMPENSATED");
    browser.awaitText(By.id("total-409"), "1");
    browser.picture("console-refused");
    assertThat(Shop.stock(product)).isEqualTo(7);
  }

  /** Shown below what came of the order that the page has placed last. */
  private static String sagaOfTheOrder() {
    return browser.text(By.cssSelector("#order-saga code"));
  }

  @Test
  void anOrderThatTakesLongIsSeenOnItsWay() {
    ProxiedMiddleware proxied = ProxiedMiddleware.get();
    int product = Shop.newProduct(10);
    Shop.awaitBreakersClosed(new Client(proxied.url(), new Ledger()), product);
    int before = Shop.stock(product);
    openConsole(proxied.url());
    signIn();
    try {
      proxied.injectBeforeBoth("reports", Fault.HOLD, "/action");

      order(product, 1);

      browser.awaitText(By.id("order-saga"), ": running");
      browser.awaitText(By.id("order-saga"), "create-order: begun");
      assertThat(browser.text(By.id("order-saga"))).doesNotContain("undone", "tries");
    } finally {
      proxied.healAll();
    }
    browser.awaitText(By.cssSelector("#order-result p"), "200 after");
    browser.awaitText(By.id("order-saga"), ": done");
    assertThat(Shop.stock(product)).isEqualTo(before - 1);
  }

  /** Whoever is about to press a button is left at it, whatever else happens. */
  @Test
  void theFocusStaysWhileSagasComeAndGo() {
    ProxiedMiddleware proxied = ProxiedMiddleware.get();
    Client client = new Client(proxied.url(), new Ledger());
    int product = Shop.newProduct(100);
    Shop.awaitBreakersClosed(client, product);
    try {
      String saga = parkOne(proxied, client, product);
      openConsole(proxied.url());
      signIn();
      browser.awaitText(By.cssSelector("#saga-" + saga + " .state"), "PARKED");
      browser.run(
          "window.held = document.querySelector('#saga-" + saga + " button'); held.focus()");

      String last = null;
      for (int i = 0; i < 25; i++) {
        last = middleware.order(product, 1).header("Saga-Id");
      }

      browser.awaitText(By.cssSelector("#saga-" + last + " .state"), "COMPLETED");
      assertThat(
              (Boolean) browser.run("return held.isConnected && document.activeElement === held"))
          .as("the same button has the focus, though 20 sagas are newer")
          .isTrue();
      assertThat(
              (Boolean)
                  browser.run("return document.querySelectorAll('#sagas tbody tr').length <= 21"))
          .as("nothing else is kept")
          .isTrue();
    } finally {
      proxied.healAll();
    }
  }

  @Test
  void aMiddlewareThatHangsIsNotLive() {
    try (FaultProxy before = new FaultProxy(() -> TestTopology.instance("middleware").port())) {
      openConsole(before.url());
      browser.awaitText(By.id("age"), "figures 0 s old");
      before.inject(Fault.HOLD, "/overview");

      browser.awaitText(By.id("live"), "no answer: none within 3 s");
      browser.awaitText(By.id("age"), "figures 1");
      browser.await(
          "the figures are shown as old, and the middleware as down",
          page ->
              page.findElement(By.cssSelector("#main.stale")) != null
                  && page.findElement(By.cssSelector("#instance-middleware.down")) != null);

      before.release();
      browser.awaitText(By.id("live"), "live: middleware");
      browser.await(
          "the middleware is up",
          page -> page.findElement(By.cssSelector("#instance-middleware.up")) != null);
    }
  }

  /** What a screen reader is told, it is told when something has changed. */
  @Test
  void theStateIsNotSaidAgainEachSecond() {
    openConsole(TestTopology.url("middleware"));
    browser.run(
        "window.said = 0; new MutationObserver(() => said++)"
            + ".observe(document.getElementById('live'), {childList: true, characterData: true, subtree: true});"
            + "window.polled = performance.getEntriesByName(new URL('overview', location).href).length");
    browser.await(
        "three more polls",
        page ->
            (Boolean)
                page.executeScript(
                    "return performance.getEntriesByName(new URL('overview', location).href).length"
                        + " >= polled + 3"));
    assertThat((Long) browser.run("return said")).isZero();
  }

  /** WCAG 2 AA: 4.5 to 1 for text, 3 to 1 for lines; the colors here are used for both. */
  @Test
  void textAndLinesStandOutInTheLightAndInTheDark() {
    openConsole(TestTopology.url("middleware"));
    for (String scheme : List.of("light", "dark")) {
      browser.prefer("prefers-color-scheme", scheme);
      for (String color :
          List.of(
              "--ink",
              "--soft",
              "--accent",
              "--green",
              "--amber",
              "--red",
              "--blue",
              "--violet",
              "--grey")) {
        Number contrast =
            (Number)
                browser.run(
                    """
                    const style = getComputedStyle(document.documentElement);
                    const light = name => {
                      const hex = style.getPropertyValue(name).trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
                      const [r, g, b] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
                        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                      return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
                    };
                    const [a, b] = [light(arguments[0]), light('--card')];
                    return Math.max(a, b) / Math.min(a, b);
                    """,
                    color);
        assertThat(contrast.doubleValue()).as(color + " when it is " + scheme).isGreaterThan(4.5);
      }
    }
    browser.prefer("prefers-color-scheme", "light");
  }

  private static String parkOne(ProxiedMiddleware proxied, Client client, int product) {
    proxied.injectBeforeBoth("reports", Fault.FAIL_INSTEAD, "/action");
    proxied.injectBeforeBoth("inventory", Fault.FAIL_INSTEAD, "/compensation");
    Answer answer = client.order(product, 2);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
    return answer.json().get("saga_id").asText();
  }

  @Test
  void aDeadInstanceIsSeenInThePictureAndItsReturnToo() {
    int product = Shop.newProduct(1000);
    openConsole(TestTopology.url("middleware"));
    browser.awaitText(By.id("orders-a"), "answers");
    TestTopology.instance("orders-a").close();
    try {
      browser.await(
          "orders-a is shown as down",
          page -> {
            middleware.order(product, 1);
            return page.findElement(By.id("orders-a")).getDomAttribute("class").equals("down");
          });
      browser.picture("console-instance-down");
    } finally {
      TestTopology.instance("orders-a").start();
    }
    browser.await(
        "orders-a is shown as up",
        page -> {
          middleware.order(product, 1);
          return page.findElement(By.id("orders-a")).getDomAttribute("class").equals("up");
        });
  }

  @Test
  void aParkedSagaIsRetried() {
    ProxiedMiddleware proxied = ProxiedMiddleware.get();
    Client client = new Client(proxied.url(), new Ledger());
    int product = Shop.newProduct(10);
    Shop.awaitBreakersClosed(client, product);
    String saga;
    try {
      saga = parkOne(proxied, client, product);
      openConsole(proxied.url());
      signIn();
      browser.awaitText(By.cssSelector("#saga-" + saga + " .state"), "PARKED");
      browser.click(By.cssSelector("#saga-" + saga + " summary"));
      browser.awaitText(
          By.cssSelector("#saga-" + saga + " .steps"), "release-stock has failed 10 times, last:");
      browser.picture("console-parked");
      browser.click(By.cssSelector("#saga-" + saga + " button"));
      browser.awaitText(By.id("sagas-message"), "Saga " + saga + " is tried again");
    } finally {
      proxied.healAll();
    }

    browser.awaitText(By.cssSelector("#saga-" + saga + " .state"), "COMPENSATED");
  }

  @Test
  void aFailoverIsSeenWithItsPhases() {
    try (SimulatedWatchdog watchdog = new SimulatedWatchdog();
        Instance watching =
            TestTopology.start(
                "watching-middleware",
                Role.MIDDLEWARE,
                TestEngines.all().saga(),
                Map.of(
                    "relevo.watchdogs.mysql",
                    watchdog.url() + "/observe/pair",
                    "relevo.metrics-token",
                    SimulatedWatchdog.READERS))) {
      openConsole(watching.url());
      browser.awaitText(By.id("failovers"), "mysql: primary a");
      browser.awaitText(By.id("mysql-b"), "replica");
      browser.awaitText(By.cssSelector("#mysql-a .badge"), "primary");
      browser.awaitText(By.id("mysql-router"), "leads to a");

      watchdog.switchOver();

      browser.awaitText(By.id("failovers"), "a → b, detect ");
      browser.awaitText(By.id("failovers"), "mysql: primary b");
      browser.awaitText(By.cssSelector("#mysql-b .badge"), "primary");
      browser.awaitText(By.id("mysql-router"), "leads to b");
      browser.awaitText(By.id("mysql-a"), "replica");
      browser.picture("console-failover");
    }
  }

  @Test
  void itFitsAPhoneAndTheDark() {
    try (Browser phone = Browser.open(500, 900)) {
      phone.beAPhone(360, 800);
      phone.prefer("prefers-color-scheme", "dark");
      phone.go(TestTopology.url("middleware") + "/");
      phone.awaitText(By.id("live"), "live");
      phone.awaitText(By.id("mysql"), "one server");
      assertThat((Long) phone.run("return innerWidth")).isEqualTo(360);
      assertThat((Boolean) phone.run("return document.documentElement.scrollWidth <= innerWidth"))
          .as("nothing is wider than the screen")
          .isTrue();
      assertThat(
              (String)
                  phone.run("return getComputedStyle(document.body.parentNode).backgroundColor"))
          .isEqualTo("rgb(16, 23, 29)");
      phone.picture("console-phone-dark");
    }
  }

  @Test
  void swaggerPlacesAnOrder() {
    browser.go(TestTopology.url("middleware") + "/docs");
    browser.click(By.cssSelector("#operations-default-placeOrder .opblock-summary-control"));
    browser.click(By.cssSelector("#operations-default-placeOrder .try-out__btn"));
    browser.click(By.cssSelector("#operations-default-placeOrder .execute"));
    browser.awaitText(
        By.cssSelector("#operations-default-placeOrder .live-responses-table"), "\"order\"");
    browser.picture("swagger-order");
  }

  @Test
  void hawtioShowsTheSagaAndItsMessages() {
    int product = Shop.newProduct(10);
    try (Browser operator = Browser.open(1600, 1000)) {
      operator.signIn(TestTopology.OPERATOR_TOKEN);
      operator.go(TestTopology.url("middleware") + "/observe/hawtio/camel");
      operator.awaitText(By.tagName("body"), "Camel Contexts");
      operator.type(By.cssSelector(".pf-v5-c-tree-view__search input"), "order-saga");
      operator.click(treeNode("order-saga"));
      operator.click(By.xpath("//*[text()='Route Diagram']"));
      operator.awaitText(By.cssSelector(".react-flow"), "(ID: to-take-stock)");
      operator.awaitText(By.cssSelector(".react-flow"), "(ID: to-write-report)");
      operator.picture("hawtio-saga-diagram");

      operator.click(By.xpath("//*[text()='Trace']"));
      operator.click(By.xpath("//button[contains(., 'Start Tracing')]"));
      operator.awaitText(By.tagName("body"), "Stop Tracing");
      Answer order = middleware.order(product, 1);
      assertThat(order.status()).as(order.toString()).isEqualTo(200);

      operator.click(By.xpath("//td[contains(., 'to-take-stock')]"));
      operator.awaitText(By.tagName("table"), "to-create-order");
      operator.awaitText(By.tagName("table"), "to-write-report");
      operator.picture("hawtio-trace");
      operator.click(By.xpath("//button[contains(., 'Stop Tracing')]"));
      operator.awaitText(By.tagName("body"), "Start Tracing");
    }
  }

  private static By treeNode(String name) {
    return By.xpath("//*[contains(@class, 'pf-v5-c-tree-view')]//*[text()='" + name + "']");
  }
}
