package io.framequota.scheduler.controller.leadership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two candidates for one Lease of an API server in memory, on a clock that the test moves. */
class LeaseLoopTest {
    private static final String LEASE = "/apis/coordination.k8s.io/v1/namespaces/video/leases/leader";

    private final InMemoryApiServer api = new InMemoryApiServer();
    private final AtomicLong nanos = new AtomicLong(1);
    private final LeaseLoop first = candidate("first");
    private final LeaseLoop second = candidate("second");

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void firstCandidateCreatesTheLeaseAndTheOtherStandsBy() {
        first.attempt();
        second.attempt();

        assertThat(first.isHeld()).isTrue();
        assertThat(first.isHeldByAnother()).isFalse();
        assertThat(second.isHeld()).isFalse();
        assertThat(second.isHeldByAnother()).isTrue();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");
        assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(8);
        assertThat(lease().getSpec().getLeaseTransitions()).isZero();
    }

    @Test
    void renewedLeaseStaysWithItsHolder() {
        for (int i = 0; i < 20; i++) {
            first.attempt();
            second.attempt();
            pass(LeaseLoop.PERIOD);
        }

        assertThat(first.isHeld()).isTrue();
        assertThat(second.isHeld()).isFalse();
        assertThat(lease().getSpec().getLeaseTransitions()).isZero();
    }

    @Test
    void closedHolderGivesTheLeaseBackAndTheStandbyTakesItAtOnce() {
        first.start();
        await().until(first::isHeld);
        second.attempt();
        first.close();
        assertThat(first.isHeld()).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEmpty();

        second.attempt();

        assertThat(second.isHeld()).isTrue();
        assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    }

    @Test
    void standbyTakesTheLeaseOnlyAfterItHasSeenItUnchangedForItsDuration() {
        first.attempt();
        second.attempt();
        pass(LeaseLoop.DURATION);
        second.attempt();
        assertThat(second.isHeld()).as("not yet expired").isFalse();

        pass(Duration.ofMillis(1));
        second.attempt();

        assertThat(second.isHeld()).isTrue();
        assertThat(first.isHeld()).as("two holders").isFalse();
    }

    @Test
    void durationIsCountedFromTheMomentWhenTheStandbySeesTheLastRenewal() {
        first.attempt();
        pass(LeaseLoop.DURATION.multipliedBy(10));
        second.attempt();
        assertThat(second.isHeld()).as("seen for the first time").isFalse();

        pass(LeaseLoop.DURATION.plusMillis(1));
        second.attempt();
        assertThat(second.isHeld()).isTrue();
    }

    @Test
    void durationThatTheHolderWroteCounts() {
        first.attempt();
        client().resource(new LeaseBuilder(lease())
                        .editSpec()
                        .withLeaseDurationSeconds(60)
                        .endSpec()
                        .build())
                .update();
        second.attempt();
        pass(Duration.ofSeconds(59));
        second.attempt();
        assertThat(second.isHeld()).isFalse();

        pass(Duration.ofSeconds(2));
        second.attempt();
        assertThat(second.isHeld()).isTrue();
    }

    @Test
    void holderWithoutAnswersStopsCountingOnTheLeaseBeforeTheStandbyMayTakeIt() {
        first.attempt();
        second.attempt();
        pass(LeaseLoop.TRUSTED.minusMillis(1));
        api.fail("(GET|PUT) " + LEASE, 503, "away");
        first.attempt();
        assertThat(first.isHeld()).as("it may still hold it").isTrue();

        pass(Duration.ofMillis(1));
        first.attempt();

        assertThat(first.isHeld()).isFalse();
        assertThat(first.isHeldByAnother()).as("it sees nothing").isFalse();
        api.recover();
        second.attempt();
        assertThat(second.isHeld()).as("not yet expired").isFalse();
    }

    @Test
    void standbyWithoutAnswersIsNoStandby() {
        first.attempt();
        second.attempt();
        api.fail("GET " + LEASE, 503, "away");
        pass(LeaseLoop.TRUSTED);
        second.attempt();

        assertThat(second.isHeldByAnother()).isFalse();
    }

    @Test
    void renewalWhoseAnswerWasLostCountsFromTheLastAnsweredOne() {
        first.attempt();
        pass(LeaseLoop.PERIOD);
        String before = lease().getMetadata().getResourceVersion();
        api.loseAnswer("PUT " + LEASE);
        first.attempt();
        assertThat(lease().getMetadata().getResourceVersion())
                .as("the server applied it")
                .isNotEqualTo(before);
        pass(LeaseLoop.TRUSTED.minus(LeaseLoop.PERIOD));
        assertThat(first.isHeld())
                .as("as long after the answered renewal as it is trusted")
                .isFalse();

        first.attempt();
        assertThat(first.isHeld()).as("the next attempt renews it").isTrue();
    }

    @Test
    void acquisitionWhoseAnswerWasLostIsCompletedByTheNextAttempt() {
        api.loseAnswer("POST .*/leases");
        first.attempt();
        assertThat(first.isHeld()).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");

        second.attempt();
        assertThat(second.isHeld()).isFalse();
        first.attempt();
        assertThat(first.isHeld()).isTrue();
    }

    @Test
    void ofTwoCandidatesThatUpdateAtOnceOnlyOneHoldsTheLease() {
        first.attempt();
        second.attempt();
        pass(LeaseLoop.DURATION.plusMillis(1));
        // The third candidate reads the expired lease before the second one takes it, and writes after.
        LeaseLoop third = candidate("third");
        third.attempt();
        pass(LeaseLoop.DURATION.plusMillis(1));
        api.fail("PUT " + LEASE, 409, "the object has been modified");
        third.attempt();
        api.recover();
        second.attempt();

        assertThat(third.isHeld()).isFalse();
        assertThat(second.isHeld()).isTrue();
        third.attempt();
        assertThat(third.isHeld()).isFalse();
        assertThat(third.isHeldByAnother()).isTrue();
    }

    @Test
    void staleUpdateIsAConflict() {
        first.attempt();
        Lease read = lease();
        first.attempt();

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> client().resource(read).update())
                .as("the mock compares resource versions as an API server does")
                .hasMessageContaining("409");
    }

    @Test
    void leaseThatWasDeletedIsCreatedAgain() {
        first.attempt();
        second.attempt();
        client().withName("leader").delete();
        second.attempt();
        assertThat(second.isHeld()).isTrue();

        first.attempt();
        assertThat(first.isHeld()).isFalse();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private LeaseLoop candidate(String name) {
        return new LeaseLoop(api.newClient(), "video", "leader", name, nanos::get);
    }

    private Lease lease() {
        return client().withName("leader").get();
    }

    private io.fabric8.kubernetes.client.dsl.NonNamespaceOperation<
                    Lease,
                    io.fabric8.kubernetes.api.model.coordination.v1.LeaseList,
                    io.fabric8.kubernetes.client.dsl.Resource<Lease>>
            client() {
        return api.client.leases().inNamespace("video");
    }
}
