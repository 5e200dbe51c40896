package dev.relevo.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.relevo.failover.NodeState.ServerRole;
import dev.relevo.failover.RoleAnswer.Data;
import dev.relevo.failover.RoleAnswer.Provision;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a node is told, and what its asking does. */
class RoleDeskTest {
  private final SimWorld world = new SimWorld(new SplittableRandom(1), SimKind.MARIADB);
  private final SimEngine engine = new SimEngine(world);
  private final RecordKeeper keeper = new RecordKeeper(engine);
  private final RoleDesk desk = new RoleDesk(keeper, engine, Time.SYSTEM);

  private static RoleAnswer answer(
      ServerRole role, Provision provision, NodeId primary, long epoch) {
    return new RoleAnswer(role, provision, primary, epoch);
  }

  @Test
  void theFirstIsMadePrimaryOnceBothHaveSaidThatTheyAreEmpty() {
    assertThatThrownBy(() -> desk.answer(NodeId.A, Data.NONE))
        .isInstanceOf(NoRoleException.class)
        .hasMessageContaining("b has not said");
    assertThatThrownBy(() -> desk.answer(NodeId.B, Data.NONE))
        .as("a has to be opened before b can copy it")
        .isInstanceOf(NoRoleException.class);
    assertThat(desk.answer(NodeId.A, Data.NONE))
        .isEqualTo(answer(ServerRole.PRIMARY, Provision.INITIALISE, NodeId.A, 1));
    assertThat(engine.disk.peerInSync()).isFalse();
  }

  @Test
  void withoutARecordANodeWithDataIsNothing() {
    assertThatThrownBy(() -> desk.answer(NodeId.A, Data.PRESENT))
        .isInstanceOf(NoRoleException.class)
        .hasMessageContaining("POST /force");
    assertThatThrownBy(() -> desk.answer(NodeId.B, Data.NONE)).isInstanceOf(NoRoleException.class);
    assertThat(engine.disk).isNull();
    desk.begin(NodeId.A);
    assertThat(desk.answer(NodeId.A, Data.PRESENT))
        .isEqualTo(answer(ServerRole.PRIMARY, Provision.NONE, NodeId.A, 1));
  }

  @Test
  void aRestartedPrimaryIsKeptFromClientsBeforeItStarts() {
    engine.disk = world.beginWhole();
    assertThat(world.ready[0]).isTrue();
    assertThat(desk.answer(NodeId.A, Data.PRESENT))
        .isEqualTo(answer(ServerRole.PRIMARY, Provision.NONE, NodeId.A, 1));
    assertThat(world.ready[0]).isFalse();
  }

  @Test
  void itIsToldNothingWhileItCantBeKeptFromClients() {
    engine.disk = world.beginWhole();
    world.routerFrozen = true;
    assertThatThrownBy(() -> desk.answer(NodeId.A, Data.PRESENT))
        .isInstanceOf(NoRoleException.class);
    world.crashRouter();
    assertThat(desk.answer(NodeId.A, Data.PRESENT).role())
        .as("a router that isn't there routes nothing")
        .isEqualTo(ServerRole.PRIMARY);
  }

  @Test
  void aPrimaryWithoutDataIsNoPrimary() {
    engine.disk = world.beginWhole();
    assertThatThrownBy(() -> desk.answer(NodeId.A, Data.NONE))
        .isInstanceOf(NoRoleException.class)
        .hasMessageContaining("no data");
  }

  @Test
  void aPeerThatSaysItIsEmptyIsNoLongerInSync() {
    engine.disk = world.beginWhole();
    assertThat(desk.answer(NodeId.B, Data.NONE))
        .isEqualTo(answer(ServerRole.REPLICA, Provision.CLONE, NodeId.A, 1));
    assertThat(engine.disk.peerInSync()).isFalse();
  }

  @Test
  void aPeerIsProvisionedUntilItSaysItWas() {
    engine.disk = world.beginWhole().reprovisioning();
    assertThat(desk.answer(NodeId.B, Data.PRESENT).provision()).isEqualTo(Provision.CLONE);
    assertThat(desk.answer(NodeId.B, Data.RUNNING).provision()).isEqualTo(Provision.CLONE);
    assertThat(desk.answer(NodeId.B, Data.CLONED).provision()).isEqualTo(Provision.NONE);
    assertThat(engine.disk.reprovision()).isEmpty();
    assertThat(desk.answer(NodeId.B, Data.PRESENT).provision()).isEqualTo(Provision.NONE);
  }

  @Test
  void aRunningNodeMayAskWithoutChangingAnything() {
    engine.disk = world.beginWhole();
    long before = keeper.current().number();
    assertThat(desk.answer(NodeId.A, Data.RUNNING).role()).isEqualTo(ServerRole.PRIMARY);
    assertThat(desk.answer(NodeId.B, Data.RUNNING).role()).isEqualTo(ServerRole.REPLICA);
    assertThat(world.ready[0]).isTrue();
    assertThat(keeper.current().number()).isEqualTo(before);
  }

  @Test
  void aQuestionVoidsWhatWasDecidedBefore() {
    engine.disk = world.beginWhole();
    Version before = keeper.current();
    desk.answer(NodeId.B, Data.PRESENT);
    assertThat(keeper.replace(before, engine.disk.notInSync())).isFalse();
    assertThat(keeper.act(before, () -> engine.route(NodeId.A))).isFalse();
    assertThat(engine.disk.peerInSync()).isTrue();
  }
}
