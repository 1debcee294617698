package io.framequota.scheduler.controller.leadership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.scheduler.controller.enforce.kubernetes.TestCluster;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Two candidates for one Lease of a real cluster, with the rights that the chart gives. */
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
    void oneHoldsItAndTheOtherTakesItOverAtOnceWhenItIsGivenBack() throws Exception {
        KubernetesClient client = cluster.as("polite", TestCluster.schedulerRules("polite"));
        try (LeaseLoop second = later(client)) {
            assertThat(second.holds()).isTrue();
        }
    }

    private static LeaseLoop later(KubernetesClient client) throws InterruptedException {
        LeaseLoop second;
        try (LeaseLoop first = new LeaseLoop(client, cluster.namespace, "polite", "first")) {
            await("the first holds it", first::holds, Duration.ofSeconds(5));
            second = new LeaseLoop(client, cluster.namespace, "polite", "second");
            TimeUnit.SECONDS.sleep(3);
            assertThat(first.holds()).isTrue();
            assertThat(second.holds()).isFalse();
            assertThat(second.follows()).isTrue();
            assertThat(first.follows()).isFalse();
        }
        await("the second holds it", second::holds, Duration.ofSeconds(4));
        return second;
    }

    @Test
    void anUnreachableHolderStopsCountingOnItBeforeTheOtherTakesIt() throws Exception {
        KubernetesClient doomed = cluster.as("doomed", TestCluster.schedulerRules("crash"));
        KubernetesClient client = cluster.as("heir", TestCluster.schedulerRules("crash"));
        try (LeaseLoop first = new LeaseLoop(doomed, cluster.namespace, "crash", "first")) {
            await("the first holds it", first::holds, Duration.ofSeconds(5));
            try (LeaseLoop second = new LeaseLoop(client, cluster.namespace, "crash", "second")) {
                TimeUnit.SECONDS.sleep(2);
                doomed.close();
                await(
                        "the second holds it",
                        () -> {
                            assertThat(first.holds() && second.holds())
                                    .as("both at once")
                                    .isFalse();
                            return second.holds();
                        },
                        LeaseLoop.DURATION.plusSeconds(6));
                assertThat(first.holds()).isFalse();
                assertThat(second.follows()).isFalse();
                assertThat(first.follows())
                        .as("who sees nothing any more would not take over")
                        .isFalse();
            }
        }
    }

    private static void await(String what, BooleanSupplier condition, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + " within " + limit).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
