package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resizes of worker pods, at an API server in memory; {@link PodLimitsIT} shows that a real kubelet enforces them. */
class PodLimitsTest {
    private final InMemoryApiServer api = new InMemoryApiServer();
    private final List<WriteOutcome> observed = new CopyOnWriteArrayList<>();
    private final ReportedCpuUse use = new ReportedCpuUse();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void quotaMovesRequestAndLimitOfTheComputingContainerAndNothingElse() {
        api.create(WorkerPod.running("worker-0", "100m", "100m"));
        try (PodLimits limits = open(Actuator.QUOTA)) {
            assertThat(limits.inForce("worker-0")).hasValue(100);
            assertThat(limits.inForce("stranger")).isEmpty();

            assertThat(limits.write("worker-0", 250)).isEmpty();

            await().until(() -> limits.inForce("worker-0").getAsDouble() == 250);
            await().untilAsserted(() -> assertThat(observed).contains(new WriteOutcome.Applied(250)));
        }
        assertThat(WorkerPod.cpu(pod("worker-0"))).isEqualTo(WorkerPod.cpu("250m", "250m"));
        assertThat(api.patches)
                .containsExactly("{\"spec\":{\"containers\":[{\"name\":\"inference-server\",\"resources\":"
                        + "{\"requests\":{\"cpu\":\"250m\"},\"limits\":{\"cpu\":\"250m\"}}}]}}");
    }

    @Test
    void weightMovesTheRequestAndLeavesTheLimit() {
        api.create(WorkerPod.running("worker-0", "200m", "1"));
        try (PodLimits limits = open(Actuator.WEIGHT)) {
            assertThat(limits.inForce("worker-0")).hasValue(200);

            limits.write("worker-0", 350);
            await().until(() -> limits.inForce("worker-0").getAsDouble() == 350);
        }
        assertThat(WorkerPod.cpu(pod("worker-0"))).isEqualTo(WorkerPod.cpu("350m", "1"));
    }

    @Test
    void weightRaisesTheLimitOfAPodThatWasCreatedForQuotas() {
        api.create(WorkerPod.running("worker-0", "100m", "100m"));
        try (PodLimits limits = open(Actuator.WEIGHT)) {
            assertThat(limits.inForce("worker-0")).as("so that it is written").hasValue(0);

            limits.write("worker-0", 1350);
            await().until(() -> limits.inForce("worker-0").getAsDouble() == 1350);
        }
        assertThat(WorkerPod.cpu(pod("worker-0"))).isEqualTo(WorkerPod.cpu("1350m", "2"));
    }

    @Test
    void unlimitedPodMayUseAllCoresAndReservesOnlyItsPart() {
        api.create(WorkerPod.running("worker-0", "10m", "10m"));
        try (PodLimits limits = open(Actuator.QUOTA)) {
            assertThat(limits.unlimit("worker-0", 50, 2000)).isEmpty();
        }
        assertThat(WorkerPod.cpu(pod("worker-0"))).isEqualTo(WorkerPod.cpu("50m", "2"));
    }

    @Test
    void podsThatComeAndGoAreKnown() {
        try (PodLimits limits = open(Actuator.QUOTA)) {
            assertThat(limits.inForce("worker-0")).isEmpty();
            api.create(WorkerPod.running("worker-0", "500m", "500m"));
            await().until(() -> limits.inForce("worker-0").isPresent());

            api.client.resource(pod("worker-0")).delete();
            await().until(() -> limits.inForce("worker-0").isEmpty());
            assertThat(outcome(limits, 100))
                    .isEqualTo(new WriteOutcome.Forbidden(10, "there is no pod worker-0 any more"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, the body is not valid, Infeasible, true",
        "403, exceeds the limit range, Forbidden, true",
        "403, Node does not have enough allocatable resources, Infeasible, true",
        "422, more than the node has, Infeasible, true",
        "500, it is away, Unanswered, false"
    })
    void refusalOfTheApiServerIsAnOutcomeAndIfItStaysAnEvent(int code, String message, String outcome, boolean event) {
        api.create(WorkerPod.running("worker-0", "100m", "100m"));
        api.fail("PATCH .*/resize", code, message);
        try (PodLimits limits = open(Actuator.QUOTA)) {
            WriteOutcome.Missed missed = (WriteOutcome.Missed) outcome(limits, 600);
            assertThat(missed.getClass().getSimpleName()).isEqualTo(outcome);
            assertThat(missed.inForce()).isEqualTo(100);
            assertThat(missed.why()).contains(message);
            outcome(limits, 600);
        }
        assertThat(api.events(WorkerPod.NAMESPACE, "worker-0"))
                .as("one event for the same reason")
                .hasSize(event ? 1 : 0);
    }

    @Test
    void clusterThatResizesNoMoreIsAFailureOfAllWrites() {
        api.create(WorkerPod.running("worker-0", "100m", "100m"));
        api.fail("PATCH .*/resize", 405, "method not allowed");
        try (PodLimits limits = open(Actuator.QUOTA)) {
            assertThat(outcome(limits, 600)).isInstanceOf(WriteOutcome.Unanswered.class);
            assertThatThrownBy(() -> limits.write("worker-0", 600))
                    .isInstanceOf(EnforcementException.class)
                    .hasMessageContaining("does not resize pods any more");
        }
    }

    @Test
    void resizeWhoseAnswerWasLostIsUnansweredAndTheWatchShowsThatItIsInForce() {
        api.create(WorkerPod.running("worker-0", "100m", "100m"));
        api.loseAnswer("PATCH .*/resize");
        try (PodLimits limits = open(Actuator.QUOTA)) {
            assertThat(outcome(limits, 600)).isInstanceOf(WriteOutcome.Unanswered.class);

            await().untilAsserted(() -> assertThat(observed).contains(new WriteOutcome.Applied(600)));
            assertThat(limits.inForce("worker-0")).hasValue(600);
        }
    }

    @Test
    void resizeThatTheNodeHasNotDecidedYetHasNoOutcome() {
        Pod before = api.create(WorkerPod.running("worker-0", "100m", "100m"));
        api.kubelet = pod -> InMemoryApiServer.enforced(pod, before);
        try (PodLimits limits = open(Actuator.QUOTA)) {
            await().until(() -> !observed.isEmpty());
            observed.clear();
            limits.write("worker-0", 600);
            await().until(() -> api.patches.size() == 1);

            assertThat(limits.inForce("worker-0")).hasValue(100);
            assertThat(observed).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"Deferred, 0", "Infeasible, 1"})
    void pendingResizeHasTheNodesReason(String reason, int events) {
        Pod before = api.create(WorkerPod.running("worker-0", "100m", "100m"));
        api.kubelet = pod -> WorkerPod.pending(pod, before, reason, "no room");
        try (PodLimits limits = open(Actuator.QUOTA)) {
            limits.write("worker-0", 600);

            WriteOutcome expected = reason.equals("Deferred")
                    ? new WriteOutcome.Deferred(600, 100, "no room")
                    : new WriteOutcome.Infeasible(600, 100, "no room");
            await().untilAsserted(() -> assertThat(observed).contains(expected));
            assertThat(limits.inForce("worker-0")).hasValue(100);
            await().untilAsserted(() ->
                    assertThat(api.events(WorkerPod.NAMESPACE, "worker-0")).hasSize(events));
        }
    }

    @Test
    void deferredResizeIsAppliedWhenTheNodeHasRoom() {
        Pod before = api.create(WorkerPod.running("worker-0", "100m", "100m"));
        api.kubelet = pod -> WorkerPod.pending(pod, before, "Deferred", "no room");
        try (PodLimits limits = open(Actuator.QUOTA)) {
            limits.write("worker-0", 600);
            await().untilAsserted(() -> assertThat(observed).contains(new WriteOutcome.Deferred(600, 100, "no room")));

            Pod pod = pod("worker-0");
            api.client.resource(InMemoryApiServer.enforced(pod, pod)).updateStatus();
            await().untilAsserted(() -> assertThat(observed).contains(new WriteOutcome.Applied(600)));
        }
    }

    @Test
    void kernelThatContradictsThePodsStatusInManyReportsIsBelieved() {
        api.create(WorkerPod.running("worker-0", "600m", "600m"));
        try (PodLimits ignored = open(Actuator.QUOTA)) {
            await().until(() -> !observed.isEmpty());
            observed.clear();
            report(7, 100);
            report(1, 600);
            report(7, 100);
            assertThat(observed).as("reports may be older than the write").isEmpty();

            report(1, 100);
            assertThat(observed)
                    .containsExactly(new WriteOutcome.Unanswered(
                            100, "its kernel enforces 100m, but the pod's status says 600m"));
        }
        report(20, 100);
        assertThat(observed).as("closed limits observe nothing").hasSize(1);
    }

    @Test
    void cpuUseIsTheReportedOne() {
        try (PodLimits limits = open(Actuator.QUOTA)) {
            assertThat(limits.use("worker-0")).isNull();
            report(1, 100);
            assertThat(limits.use("worker-0")).isEqualTo(CpuUsage.NONE);
        }
    }

    @Test
    void clusterWithoutResizeIsNotAskedAgain() {
        api.canResize = false;

        LimitsUnavailableException unavailable = unavailable();

        assertThat(unavailable).hasMessageContaining("cannot resize pods in place (Kubernetes 1.33 and later can)");
        assertThat(unavailable.isTemporary()).isFalse();
        assertThat(api.requests).containsExactly("GET /api/v1");
    }

    @Test
    void missingRightMayBeGrantedLater() {
        api.allowed = false;

        LimitsUnavailableException unavailable = unavailable();

        assertThat(unavailable).hasMessageContaining("may not patch pods/resize in namespace video");
        assertThat(unavailable.isTemporary()).isTrue();
    }

    @Test
    void clusterThatDoesNotAnswerMayAnswerLater() {
        api.fail(".*", 503, "away");

        LimitsUnavailableException unavailable = unavailable();

        assertThat(unavailable).hasMessageContaining("the cluster does not answer");
        assertThat(unavailable.isTemporary()).isTrue();
    }

    private void report(int times, double millicores) {
        for (int i = 0; i < times; i++) {
            use.report("worker-0", CpuUsage.NONE, OptionalDouble.of(millicores));
            use.report("stranger", CpuUsage.NONE, OptionalDouble.of(millicores));
        }
    }

    @Test
    void manyResizesAtOnceAllTakeEffectAndTheLatestOfEachPodStays() {
        int pods = 40;
        for (int i = 0; i < pods; i++) {
            String cpu = i % 2 == 0 ? "800m" : "100m";
            api.create(WorkerPod.running("worker-" + i, cpu, cpu));
        }
        try (PodLimits limits = open(Actuator.QUOTA)) {
            await().until(() -> limits.inForce("worker-" + (pods - 1)).isPresent());
            // Lowered and raised alternately, and one of them a second time.
            for (int i = 0; i < pods; i++) {
                limits.write("worker-" + i, i % 2 == 0 ? 100 : 800);
            }
            limits.write("worker-0", 200);

            await().until(() -> limits.inForce("worker-0").getAsDouble() == 200);
            await().until(() -> limits.inForce("worker-" + (pods - 1)).getAsDouble() == 800);
        }
        assertThat(api.patches).hasSize(pods + 1);
    }

    /** Writes a limit and waits for the outcome. */
    private WriteOutcome outcome(PodLimits limits, double millicores) {
        observed.clear();
        limits.write("worker-0", millicores);
        await().until(() -> observed.stream().anyMatch(o -> !(o instanceof WriteOutcome.Applied)));
        return observed.stream()
                .filter(o -> !(o instanceof WriteOutcome.Applied))
                .findFirst()
                .orElseThrow();
    }

    private PodLimits open(Actuator actuator) {
        return PodLimits.open(api.client, WorkerPod.PODS, actuator, (worker, outcome) -> observed.add(outcome), use);
    }

    private LimitsUnavailableException unavailable() {
        return Optional.ofNullable(catchThrowableOfType(LimitsUnavailableException.class, () -> open(Actuator.QUOTA)))
                .orElseThrow();
    }

    private Pod pod(String name) {
        return api.pod(WorkerPod.NAMESPACE, name);
    }
}
