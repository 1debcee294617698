package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits of pods that were created for quotas, under dispatch, at an API server in memory. */
class PodInitialLimitsTest {
    private final InMemoryApiServer api = new InMemoryApiServer();

    @BeforeEach
    void createWorker() {
        api.create(WorkerPod.running("worker-0", "500m", "500m"));
        api.requests.clear();
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void onlyTheLimitOfTheComputingContainerIsRaised() {
        try (PodInitialLimits limits = open()) {
            assertThat(limits.of("worker-0")).hasValue(500);
            assertThat(limits.of("stranger")).isEmpty();
            assertThat(api.requests).as("nothing but lists").containsOnly("GET /api/v1/namespaces/video/pods");

            assertThat(limits.raise("worker-0", 2000)).isEmpty();
            await().until(() -> limits.of("worker-0").getAsDouble() == 2000);
        }
        assertThat(WorkerPod.cpu(api.pod(WorkerPod.NAMESPACE, "worker-0"))).isEqualTo(WorkerPod.cpu("500m", "2"));
        assertThat(api.patches)
                .containsExactly("{\"spec\":{\"containers\":[{\"name\":\"inference-server\","
                        + "\"resources\":{\"limits\":{\"cpu\":\"2000m\"}}}]}}");
    }

    @Test
    void withoutTheRightLimitsAreReadAndNothingIsWritten() {
        api.allowed = false;

        try (PodInitialLimits limits = open()) {
            assertThat(limits.of("worker-0")).hasValue(500);
            assertThatThrownBy(() -> limits.raise("worker-0", 2000))
                    .isInstanceOf(LimitsUnavailableException.class)
                    .hasMessageContaining("may not patch pods/resize in namespace video");
            assertThat(limits.remedy())
                    .contains("let the scheduler patch pods/resize")
                    .contains("helm upgrade --set scheduler.actuator=dispatch");
        }

        assertThat(api.patches).isEmpty();
    }

    @Test
    void clusterBefore133CannotRaiseLimits() {
        api.canResize = false;

        try (PodInitialLimits limits = open()) {
            assertThatThrownBy(() -> limits.raise("worker-0", 2000))
                    .isInstanceOf(LimitsUnavailableException.class)
                    .hasMessageContaining("cannot resize pods in place");
        }

        assertThat(api.patches).isEmpty();
    }

    @Test
    void clusterThatDoesNotAnswerIsNoFailureOfTheScheduler() {
        api.fail(".*", 503, "away");

        assertThatThrownBy(this::open)
                .isInstanceOf(LimitsUnavailableException.class)
                .hasMessageContaining("the cluster does not answer");
    }

    private PodInitialLimits open() {
        return PodInitialLimits.open(api.client, WorkerPod.PODS);
    }
}
