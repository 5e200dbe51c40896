package dev.relevo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.relevo.it.Client.Answer;
import dev.relevo.it.FaultProxy.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An instance A that acts, or doesn't, and whose answer doesn't come: B answers, one effect. */
class LostAnswerIT {
  private static final String ACTION = "/action";
  private static final String COMPENSATION = "/compensation";

  private final ProxiedMiddleware middleware = ProxiedMiddleware.get();
  private final Ledger ledger = new Ledger();
  private final Client client = new Client(middleware.url(), ledger);
  private int product;

  @BeforeEach
  void allIsWell() {
    product = Shop.newProduct(1000);
    Shop.awaitBreakersClosed(client, product);
  }

  @AfterEach
  void heal() {
    middleware.healAll();
  }

  static Stream<Arguments> faultsOfInstanceA() {
    List<Arguments> all = new ArrayList<>();
    for (String participant : ProxiedMiddleware.PARTICIPANTS) {
      for (Fault fault :
          List.of(
              Fault.SWALLOW_ANSWER,
              Fault.CUT_BEFORE_ANSWER,
              Fault.RESET_IN_ANSWER,
              Fault.FAIL_AFTER,
              Fault.FAIL_INSTEAD)) {
        all.add(Arguments.of(participant, fault));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("faultsOfInstanceA")
  void theClientIsAnsweredByBAndThereIsOneEffect(String participant, Fault fault) {
    FaultProxy proxy = middleware.before(participant + "-a");
    proxy.inject(fault, ACTION);
    int before = Shop.stock(product);

    Answer answer = client.order(product, 2);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.took()).isLessThan(ProxiedMiddleware.DEADLINE);
    assertThat(proxy.struck()).as("A was asked").isPositive();
    assertThat(Shop.stock(product)).isEqualTo(before - 2);
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }

  /** The action arrives at A when B has long acted, and its saga was compensated. */
  @Test
  void aCallThatArrivesLateChangesNothing() {
    FaultProxy late = middleware.before("inventory-a");
    late.inject(Fault.HOLD, ACTION);
    middleware.injectBeforeBoth("orders", Fault.REFUSE_INSTEAD, ACTION);
    int before = Shop.stock(product);

    Answer answer = client.order(product, 2);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
    assertThat(late.struck()).isEqualTo(1);
    assertThat(Shop.stock(product)).isEqualTo(before);
    late.release();
    await("the late call is answered").atMost(Shop.PATIENCE).until(() -> late.delivered() == 1);
    assertThat(Shop.stock(product)).isEqualTo(before);
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }

  static Stream<Arguments> faultsOfCompensations() {
    return faultsOfInstanceA().filter(arguments -> !arguments.get()[0].equals("reports"));
  }

  /** The next application says no; the compensation's answer is lost, and it is asked again. */
  @ParameterizedTest
  @MethodSource("faultsOfCompensations")
  void aCompensationThatIsRepeatedHasOneEffect(String participant, Fault fault) {
    String next = participant.equals("inventory") ? "orders" : "reports";
    middleware.injectBeforeBoth(next, Fault.REFUSE_INSTEAD, ACTION);
    FaultProxy proxy = middleware.before(participant + "-a");
    proxy.inject(fault, COMPENSATION);
    int before = Shop.stock(product);

    Answer answer = client.order(product, 2);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
    assertThat(proxy.struck()).as("A was asked").isPositive();
    assertThat(Shop.stock(product)).isEqualTo(before);
    Invariants.assertHold(Databases.ofTopology(), ledger);
  }
}
