package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import dev.relevo.launcher.Instance;
import dev.relevo.launcher.TestTopology;
import dev.relevo.launcher.engine.TestEngines;
import dev.relevo.role.Role;
import dev.relevo.role.watchdog.SimulatedWatchdog;
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
    browser = Browser.open(1280, 1600);
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
    browser.awaitText(By.id("order-result"), "undone by release-stock (not needed)");
    String result = browser.text(By.id("order-result"));
    String saga = result.substring(result.indexOf("Saga ") + 5).lines().findFirst().orElseThrow();
    browser.awaitText(By.cssSelector("#saga-" + saga + " .state"), "COMPLETED");
    browser.awaitText(By.id("p95"), "ms");
    browser.picture("console");

    order(product, 100);

    browser.awaitText(By.cssSelector("#order-result p"), "409 after");
    browser.awaitText(By.id("order-result"), "stock");
    assertThat(Shop.stock(product)).isEqualTo(7);
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
      proxied.injectBeforeBoth("reports", Fault.FAIL_INSTEAD, "/action");
      proxied.injectBeforeBoth("inventory", Fault.FAIL_INSTEAD, "/compensation");
      Answer answer = client.order(product, 2);
      assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
      saga = answer.json().get("saga_id").asText();
      openConsole(proxied.url());
      signIn();
      browser.awaitText(By.cssSelector("#saga-" + saga + " .state"), "PARKED");
      browser.click(By.cssSelector("#saga-" + saga + " summary"));
      browser.awaitText(By.cssSelector("#saga-" + saga + " .steps"), "tries, last:");
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

      watchdog.switchOver();

      browser.awaitText(By.id("failovers"), "a → b, detect ");
      browser.awaitText(By.id("failovers"), "mysql: primary b");
      browser.awaitText(By.id("mysql-b"), "primary");
      browser.awaitText(By.id("mysql-a"), "replica");
      browser.picture("console-failover");
    }
  }

  @Test
  void itFitsAPhoneAndTheDark() {
    try (Browser phone = Browser.open(500, 900)) {
      phone.prefer("prefers-color-scheme", "dark");
      phone.go(TestTopology.url("middleware") + "/");
      phone.awaitText(By.id("live"), "live");
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
