package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits of pods that were made for quotas, while chunks are dispatched. */
class PodInitialLimitsTest {
    private static final String PODS = "/api/v1/namespaces/video/pods";
    private static final String RESIZE = PODS + "/worker-0/resize";
    private static final String POD = """
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "worker-0", "namespace": "video", "uid": "1", "resourceVersion": "1"},
             "spec": {"containers": [
               {"name": "inference-service", "resources": {"limits": {"cpu": "1"}}},
               {"name": "inference-server",
                "resources": {"requests": {"cpu": "500m"}, "limits": {"cpu": "500m", "memory": "1Gi"}}}]}}""";

    private FakeApi api;

    @BeforeEach
    void listen() throws IOException {
        api = new FakeApi();
        api.answers.put(PODS, """
                {"apiVersion": "v1", "kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": [%s]}""".formatted(POD));
        api.knows("pods", "pods/resize");
        api.allows(true);
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void theLimitOfTheContainerThatComputesIsRaisedAndNothingElse() {
        api.answers.put(PODS + "/worker-0", POD);
        api.answers.put(RESIZE, POD);

        try (PodInitialLimits ceilings = open()) {
            assertThat(ceilings.of("worker-0")).hasValue(500);
            assertThat(ceilings.of("stranger")).isEmpty();
            assertThat(api.asked).containsOnly("GET " + PODS);

            ceilings.lift("worker-0", 2000);
        }

        assertThat(api.asked).endsWith("PATCH " + RESIZE);
        assertThat(api.patches)
                .containsExactly("{\"spec\":{\"containers\":[{\"name\":\"inference-server\","
                        + "\"resources\":{\"limits\":{\"cpu\":\"2000m\"}}}]}}");
    }

    @Test
    void withoutTheRightItIsReadAllTheSameAndNothingIsTried() {
        api.allows(false);

        try (PodInitialLimits ceilings = open()) {
            assertThat(ceilings.of("worker-0")).hasValue(500);
            assertThatThrownBy(() -> ceilings.lift("worker-0", 2000))
                    .isInstanceOf(LimitsUnavailableException.class)
                    .hasMessageContaining("may not patch pods/resize in namespace video");
            assertThat(ceilings.remedy())
                    .contains("let the scheduler patch pods/resize")
                    .contains("helm upgrade --set scheduler.actuator=dispatch");
        }

        assertThat(api.patches).isEmpty();
    }

    @Test
    void aClusterBefore133SaysThatItCannot() {
        api.knows("pods", "pods/status");

        try (PodInitialLimits ceilings = open()) {
            assertThatThrownBy(() -> ceilings.lift("worker-0", 2000))
                    .isInstanceOf(LimitsUnavailableException.class)
                    .hasMessageContaining("cannot resize pods in place");
        }

        assertThat(api.patches).isEmpty();
    }

    @Test
    void aClusterThatDoesNotAnswerIsNoFailureOfTheScheduler() {
        api.answers.clear();

        assertThatThrownBy(this::open)
                .isInstanceOf(LimitsUnavailableException.class)
                .hasMessageContaining("the cluster does not answer");
    }

    private PodInitialLimits open() {
        return PodInitialLimits.open(api.client, new WorkerPods("video", TestCluster.WORKERS, TestCluster.CONTAINER));
    }
}
