package dev.relevo.role.middleware;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The order saga's five cases. */
class OrderSagaTest extends MiddlewareRoutes {

  @Test
  void allSucceed() {
    Given given = placeOrder("order-17", ORDER);

    assertThat(given.body())
        .isEqualTo("{\"order\":%s,\"stock\":%s,\"report\":%s}".formatted(CREATED, STOCK, REPORT));
    assertThat(given.status()).isEqualTo(200);
  }
}
