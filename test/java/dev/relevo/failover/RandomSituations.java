package dev.relevo.failover;

import dev.relevo.failover.NodeState.Receiver;
import dev.relevo.failover.NodeState.ServerRole;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Any mixture of everything that can be the case, also of what makes no sense together. */
final class RandomSituations {
  private static final SimPosition[] POSITIONS = {
    SimPosition.NOTHING, Situation.OLD, Situation.NEWER, Situation.NEWEST
  };
  private static final double[] STALLS = {0, 1.5, 3, 6};

  private final SplittableRandom random;

  private RandomSituations(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first {@code n} of them; always the same. */
  static Stream<Situation> first(long n) {
    return LongStream.range(0, n).mapToObj(seed -> new RandomSituations(seed).next());
  }

  private Situation next() {
    Situation s = new Situation();
    double oddity = 0.05 + random.nextDouble() * 0.4;
    s.survives = random.nextBoolean();
    s.inSync = random.nextInt(3) > 0;
    s.paused = random.nextInt(30) == 0;
    s.provisionReplica = odd(oddity / 2);
    if (odd(oddity / 3)) {
      s.accepted = null;
    }
    if (random.nextInt(3) == 0) {
      s.failedProbes = 1 + random.nextInt(4);
      s.silentSeconds = random.nextInt(3) == 0 ? 6 : 0.5;
    }
    s.seen = !odd(oddity / 3);
    s.role = odd(oddity / 2) ? ServerRole.REPLICA : ServerRole.PRIMARY;
    s.writable = !odd(oddity);
    s.zeroLoss = s.inSync != odd(oddity);
    s.attached = !odd(oddity);
    s.waiting = random.nextInt(2);
    s.end = position(oddity);
    s.incarnation = odd(oddity) ? "a-2" : "a-1";
    s.upSeconds = random.nextBoolean() ? 1 : 50;
    s.unsound = odd(oddity / 3);
    s.primaryReceiver = Receiver.values()[random.nextInt(3)];
    s.replicaSilent = odd(oddity);
    s.replicaRole = odd(oddity / 2) ? ServerRole.PRIMARY : ServerRole.REPLICA;
    s.replicaIncarnation = odd(oddity / 2) ? "b-2" : "b-1";
    s.source = odd(oddity / 2) ? null : NodeId.A;
    s.receiver = odd(oddity) ? Receiver.values()[random.nextInt(3)] : Receiver.CONNECTED;
    s.applying = !odd(oddity / 2);
    s.received = position(oddity);
    s.applied = odd(oddity) ? position(1) : s.received;
    s.diverged = odd(oddity / 3);
    s.replicaUnsound = odd(oddity / 3);
    s.receivedStillSeconds = random.nextBoolean() ? 0.5 : 50;
    s.routerSilent = odd(oddity / 2);
    s.ready = !odd(oddity);
    s.sessions = odd(0.5) ? 0 : 2;
    s.replicaReady = odd(oddity / 4);
    s.stalledSeconds = odd(oddity) ? STALLS[random.nextInt(4)] : 0;
    s.joinSeconds = random.nextBoolean() ? null : (Double) (random.nextBoolean() ? 0.5 : 3);
    s.mark = position(oddity);
    s.relaxedSeconds = random.nextInt(3) == 0 ? 2 : 1000;
    if (odd(oddity / 2)) {
      s.request = random.nextBoolean() ? Request.Kind.SWITCHOVER : Request.Kind.FORCE;
      s.requestSeconds = random.nextInt(4) == 0 ? 60 : 1;
    }
    if (odd(oddity / 3)) {
      s.leaving = Set.of(random.nextBoolean() ? NodeId.A : NodeId.B);
    }
    s.promotedSeconds = odd(oddity / 2) ? 3 : 1000;
    s.watchdogSeconds = odd(oddity) ? 3 : 1000;
    return s;
  }

  private boolean odd(double p) {
    return random.nextDouble() < p;
  }

  private SimPosition position(double oddity) {
    return odd(oddity) ? POSITIONS[random.nextInt(POSITIONS.length)] : Situation.NEWER;
  }
}
