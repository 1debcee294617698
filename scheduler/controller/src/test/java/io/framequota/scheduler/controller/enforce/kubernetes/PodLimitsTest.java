package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.quota.Actuator;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked before pods are resized, of an API server that answers as older ones do. */
class PodLimitsTest {
    private FakeApi api;

    @BeforeEach
    void listen() throws IOException {
        api = new FakeApi();
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aClusterThatDoesNotKnowResizesIsNotAskedAgain() {
        api.knows("pods", "pods/log", "pods/status");

        LimitsUnavailableException unavailable = opened();

        assertThat(unavailable).hasMessageContaining("cannot resize pods in place (Kubernetes 1.33 and later can)");
        assertThat(unavailable.passing()).isFalse();
        assertThat(api.asked).containsExactly("GET " + FakeApi.RESOURCES);
    }

    @Test
    void aRightThatIsMissingMayBeGivenLater() {
        api.knows("pods", "pods/resize");
        api.allows(false);

        LimitsUnavailableException unavailable = opened();

        assertThat(unavailable).hasMessageContaining("may not patch pods/resize in namespace video");
        assertThat(unavailable.passing()).isTrue();
        assertThat(api.asked).containsExactly("GET " + FakeApi.RESOURCES, "POST " + FakeApi.REVIEWS);
    }

    @Test
    void aClusterThatDoesNotAnswerMayDoSoLater() {
        LimitsUnavailableException unavailable = opened();

        assertThat(unavailable).hasMessageContaining("the cluster does not answer");
        assertThat(unavailable.passing()).isTrue();
    }

    private LimitsUnavailableException opened() {
        WorkerPods pods = new WorkerPods("video", TestCluster.WORKERS, TestCluster.CONTAINER);
        return catchThrowableOfType(
                LimitsUnavailableException.class,
                () -> PodLimits.open(api.client, pods, Actuator.QUOTA, (w, o) -> {}, new ReportedCpuUse()));
    }
}
