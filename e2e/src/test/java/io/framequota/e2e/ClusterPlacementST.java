package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart on a real cluster with our own binder for its workers, which start together or not at all. */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
class ClusterPlacementST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static Release release;

    @BeforeAll
    static void install() {
        release = Release.install(
                "fq-placement-" + ProcessHandle.current().pid(),
                "--values",
                Path.of("src/test/cluster/values.yaml").toAbsolutePath().toString(),
                "--set",
                "scheduling.placement=framequota,scheduling.gang=true");
    }

    @AfterAll
    static void remove() {
        if (release != null) {
            release.close();
        }
    }

    @Test
    void everyWorkerIsBoundByOurSchedulerWithAnEvent() {
        for (String worker : release.pods("worker")) {
            JsonNode pod = release.object("pod", worker);
            assertThat(pod.path("spec").path("schedulerName").asText()).isEqualTo("framequota");
            assertThat(bindings(uid(worker))).singleElement().satisfies(event -> {
                assertThat(event.path("source").path("component").asText()).isEqualTo("framequota");
                assertThat(event.path("message").asText())
                        .endsWith("/" + worker + " to "
                                + pod.path("spec").path("nodeName").asText());
            });
        }
        assertThat(release.pods("worker")).hasSize(2);
    }

    @Test
    void aDeletedWorkerIsBoundAgainAndNoFrameIsLost() {
        String worker = release.pods("worker").getFirst();
        String before = uid(worker);
        String job = release.begun();

        release.kill(worker);

        release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 2);
        String after = boundAgain(worker, before);
        assertThat(bindings(after)).hasSize(1);
    }

    @Test
    void aKilledSchedulerBindsNoPodTwice() {
        String job = release.begun();
        List<String> workers = release.pods("worker");
        List<String> before = workers.stream().map(ClusterPlacementST::uid).toList();

        workers.forEach(release::kill);
        release.kill(release.leader());

        release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 2);
        for (int i = 0; i < workers.size(); i++) {
            // A pod that the dead scheduler bound has its event or has lost it with the process; nobody binds it again.
            assertThat(bindings(boundAgain(workers.get(i), before.get(i)))).hasSizeLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create pods --subresource=binding",
                "patch pods --subresource=resize",
                "list nodes --all-namespaces",
                "list pods --all-namespaces"
            })
    void theSchedulerHasThePermissionsForBinding(String what) {
        assertThat(release.may("scheduler", what.split(" "))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create pods --subresource=binding --all-namespaces",
                "patch pods --subresource=resize --all-namespaces",
                "create pods",
                "delete pods",
                "patch pods",
                "patch pods --subresource=status",
                "create pods --subresource=exec",
                "patch nodes --all-namespaces",
                "get secrets",
                "get configmaps",
                "patch quotapolicies",
                "patch statefulsets",
                "delete leases",
                "get leases/another"
            })
    void theSchedulerHasNoOtherPermissions(String what) {
        assertThat(release.may("scheduler", what.split(" "))).isFalse();
    }

    /** Where a pod of this name is bound that is not the one before. */
    private static String boundAgain(String worker, String before) {
        release.server()
                .await(
                        worker + " is there again and bound",
                        Duration.ofMinutes(2),
                        () -> release.pods("worker").contains(worker)
                                && !uid(worker).equals(before)
                                && release.object("pod", worker).path("spec").has("nodeName"));
        return uid(worker);
    }

    private static String uid(String pod) {
        return release.object("pod", pod).path("metadata").path("uid").asText();
    }

    private static List<JsonNode> bindings(String uid) {
        return StreamSupport.stream(
                        Server.parse(release.kubectl(
                                        "get", "events", "--field-selector", "involvedObject.uid=" + uid, "-o", "json"))
                                .path("items")
                                .spliterator(),
                        false)
                .filter(e -> e.path("reason").asText().equals("Scheduled"))
                .toList();
    }
}
