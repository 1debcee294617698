package io.framequota.scheduler.controller.leadership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.scheduler.controller.enforce.kubernetes.TestCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Two candidates for one Lease of a real cluster, with the rights that the chart grants. */
@EnabledIfEnvironmentVariable(named = "KUBECONFIG", matches = ".+")
class LeaseLoopIT {
    private static TestCluster cluster;

    @BeforeAll
    static void connect() {
        cluster = new TestCluster();
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
    }

    @Test
    void standbyTakesOverAtOnceWhenTheHolderReleasesTheLease() {
        KubernetesClient client = cluster.as("polite", TestCluster.schedulerRules("polite"));
        try (LeaseLoop first = started(client, "polite", "first");
                LeaseLoop second = startedLater(client, "polite", first)) {
            first.close();
            await("the second holds the lease").atMost(Duration.ofSeconds(4)).until(second::isHeld);
        }
    }

    @Test
    void unreachableHolderStopsCountingOnTheLeaseBeforeTheStandbyTakesIt() {
        KubernetesClient doomed = cluster.as("doomed", TestCluster.schedulerRules("crash"));
        KubernetesClient client = cluster.as("heir", TestCluster.schedulerRules("crash"));
        try (LeaseLoop first = started(doomed, "crash", "first");
                LeaseLoop second = startedLater(client, "crash", first)) {
            doomed.close();
            await("the second holds the lease")
                    .atMost(LeaseLoop.DURATION.plusSeconds(6))
                    .until(() -> {
                        assertThat(first.isHeld() && second.isHeld())
                                .as("both at once")
                                .isFalse();
                        return second.isHeld();
                    });
            assertThat(first.isHeld()).isFalse();
            assertThat(second.isHeldByAnother()).isFalse();
            assertThat(first.isHeldByAnother())
                    .as("a candidate without a connection would not take over")
                    .isFalse();
        }
    }

    private static LeaseLoop started(KubernetesClient client, String lease, String holder) {
        LeaseLoop loop = new LeaseLoop(client, cluster.namespace, lease, holder, System::nanoTime);
        loop.start();
        await(holder + " holds the lease").atMost(Duration.ofSeconds(5)).until(loop::isHeld);
        return loop;
    }

    private static LeaseLoop startedLater(KubernetesClient client, String lease, LeaseLoop holder) {
        LeaseLoop loop = new LeaseLoop(client, cluster.namespace, lease, "second", System::nanoTime);
        loop.start();
        await("the second stands by").atMost(Duration.ofSeconds(5)).until(loop::isHeldByAnother);
        assertThat(loop.isHeld()).isFalse();
        assertThat(holder.isHeld()).isTrue();
        assertThat(holder.isHeldByAnother()).isFalse();
        return loop;
    }
}
