package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an API server and a pod say became of a resize. */
class PodOutcomesTest {
    private static final String PODS = "/api/v1/namespaces/video/pods";
    private static final String RESIZE = PODS + "/worker-0/resize";

    private final List<WriteOutcome> told = new CopyOnWriteArrayList<>();
    private final ReportedCpuUse use = new ReportedCpuUse();
    private FakeApi api;

    @BeforeEach
    void listen() throws IOException {
        api = new FakeApi();
        api.knows("pods", "pods/resize");
        api.allows(true);
    }

    @AfterEach
    void close() {
        api.close();
    }

    @ParameterizedTest
    @CsvSource({
        "200, , ",
        "403, exceeds the limit range, Forbidden",
        "403, Node does not have enough allocatable resources, Infeasible",
        "422, more than the node has, Infeasible",
        "500, it is away, Unanswered"
    })
    void whatTheApiServerAnswers(int code, String words, String outcome) {
        lists(pod("100m", "100m", ""));
        api.answers.put(PODS + "/worker-0", pod("100m", "100m", ""));
        api.answers.put(RESIZE, code == 200 ? pod("600m", "100m", "") : """
                        {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "%s", "code": %d}""".formatted(words, code));
        api.codes.put(RESIZE, code);
        try (PodLimits limits = open()) {
            List<WriteOutcome> outcomes = new ArrayList<>();
            limits.write("worker-0", 600).ifPresent(outcomes::add);

            assertThat(outcomes.stream().map(o -> o.getClass().getSimpleName()))
                    .isEqualTo(outcome == null ? List.of() : List.of(outcome));
            assertThat(outcomes).allSatisfy(o -> {
                assertThat(o.inForce()).isEqualTo(100);
                assertThat(((WriteOutcome.Missed) o).why()).contains(words);
            });
        }
    }

    @Test
    void whatIsInForceAsItWasAskedIsApplied() {
        lists(pod("600m", "600m", ""));
        try (PodLimits limits = open()) {
            assertThat(limits.inForce("worker-0")).hasValue(600);
            heard();
            assertThat(told).containsOnly(new WriteOutcome.Applied(600));
        }
    }

    @Test
    void aConditionThatIsGoneProvesNothing() {
        lists(pod("600m", "100m", ""));
        try (PodLimits limits = open()) {
            assertThat(limits.inForce("worker-0")).hasValue(100);
            assertThat(told).isEmpty();
        }
    }

    @Test
    void whatComesIntoForceLaterIsAppliedThen() {
        api.watched = true;
        lists(pod("600m", "100m", ""));
        try (PodLimits ignored = open()) {
            api.push(
                    "MODIFIED",
                    2,
                    pod("600m", "600m", "").replace("\"resourceVersion\": \"1\"", "\"resourceVersion\": \"2\""));
            heard();
            assertThat(told).containsOnly(new WriteOutcome.Applied(600));
        }
    }

    @Test
    void aPendingResizeIsDeferredOrInfeasibleAndSaysWhatItIsAbout() {
        lists(pod("600m", "100m", condition("Deferred")));
        try (PodLimits ignored = open()) {
            heard();
            assertThat(told).containsOnly(new WriteOutcome.Deferred(600, 100, "no room"));
        }
        told.clear();
        lists(pod("600m", "100m", condition("Infeasible")));
        try (PodLimits ignored = open()) {
            heard();
            assertThat(told).containsOnly(new WriteOutcome.Infeasible(600, 100, "no room"));
        }
    }

    @Test
    void aKernelThatSaysOtherwiseAgainAndAgainIsBelieved() {
        lists(pod("600m", "600m", ""));
        try (PodLimits ignored = open()) {
            heard();
            told.clear();
            reports(7, 100);
            reports(1, 600);
            reports(7, 100);
            assertThat(told).as("reports may be older than the write").isEmpty();

            reports(1, 100);
            assertThat(told)
                    .containsExactly(new WriteOutcome.Unanswered(
                            100, "its kernel has 100m in force where the pod's status says 600m"));
        }
        reports(20, 100);
        assertThat(told).as("nobody listens any more").hasSize(1);
    }

    /** The informer tells on a thread of its own. */
    private void heard() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (told.isEmpty()) {
            assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void reports(int times, double millicores) {
        for (int i = 0; i < times; i++) {
            use.told("worker-0", CpuUsage.NONE, OptionalDouble.of(millicores));
            use.told("stranger", CpuUsage.NONE, OptionalDouble.of(millicores));
        }
    }

    private PodLimits open() {
        return PodLimits.open(
                api.client,
                new WorkerPods("video", TestCluster.WORKERS, TestCluster.CONTAINER),
                Actuator.QUOTA,
                (worker, outcome) -> told.add(outcome),
                use);
    }

    private void lists(String pod) {
        api.answers.put(PODS, """
                {"apiVersion": "v1", "kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": [%s]}""".formatted(pod));
    }

    private static String condition(String reason) {
        return """
                , "conditions": [{"type": "PodResizePending", "status": "True", "reason": "%s", "message": "no room"}]""".formatted(reason);
    }

    private static String pod(String asked, String inForce, String conditions) {
        return """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "worker-0", "namespace": "video", "uid": "1", "resourceVersion": "1"},
                 "spec": {"containers": [{"name": "inference-server",
                   "resources": {"requests": {"cpu": "%1$s"}, "limits": {"cpu": "%1$s"}}}]},
                 "status": {"containerStatuses": [{"name": "inference-server",
                   "resources": {"requests": {"cpu": "%2$s"}, "limits": {"cpu": "%2$s"}}}]%3$s}}""".formatted(asked, inForce, conditions);
    }
}
