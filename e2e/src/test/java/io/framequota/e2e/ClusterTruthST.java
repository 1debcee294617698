package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What a release on a real cluster says of itself when something is not as its user may think. */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
class ClusterTruthST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String POLICY = "fq-framequota";
    private static Release release;

    @BeforeAll
    static void install() {
        release = Release.install(
                "fq-truth-" + ProcessHandle.current().pid(),
                "--values",
                Path.of("src/test/cluster/values.yaml").toAbsolutePath().toString());
    }

    @AfterAll
    static void remove() {
        if (release != null) {
            release.close();
        }
    }

    @Test
    void aResultWhoseStorageIsGoneIsGoneAndTheJobSaysSo() throws Exception {
        String job = release.server()
                .submit("sample:walkers", "people", 4)
                .path("job")
                .asText();
        release.server().awaitEnd(job, LIMIT);

        release.loseStorage();

        HttpRequest results = HttpRequest.newBuilder(
                        URI.create(release.server().url() + "/api/v1/jobs/" + job + "/detections"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(results, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(410);
            assertThat(answer.body()).contains("the result of job " + job + " is gone");
        }
        JsonNode seen = release.server().job(job);
        assertThat(seen.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(seen.path("warnings").toString()).contains("the result is gone");
        assertThat(release.kubectl("logs", "-l", "app.kubernetes.io/component=ingest-service", "--tail=-1"))
                .contains("are gone");
    }

    @Test
    void aQuotaPolicySaysWhatIsInForceWhoOverrodeItAndWhatItsBudgetIsWorth() {
        release.server().await("the policy is live", SOON, () -> is(POLICY, "Live", "True"));
        assertThat(release.kubectl("get", "quotapolicy", POLICY))
                .contains("LIVE", "ACTUATOR", "FEASIBLE", "divide-and-conquer", "quota");

        JsonNode chosen = release.server().put("/api/v1/policy", "{\"policy\":\"srpt\"}");
        assertThat(chosen.path("notice").asText()).contains("QuotaPolicy " + POLICY);
        release.server().await("it is overridden", SOON, () -> is(POLICY, "Live", "False"));

        patch("{\"spec\":{\"budget\":990}}");
        release.server().await("the later change wins", SOON, () -> is(POLICY, "Live", "True"));
        release.server().await("the workers can use it", SOON, () -> is(POLICY, "Feasible", "True"));
        patch("{\"spec\":{\"budget\":64000}}");
        release.server().await("nobody has so much", SOON, () -> is(POLICY, "Feasible", "False"));
        patch("{\"spec\":{\"budget\":1000}}");
        assertThat(release.kubectl("get", "events", "--field-selector", "involvedObject.name=" + POLICY))
                .contains("Overridden", "BudgetAboveWorkers");
    }

    @Test
    void whatNobodyFollowsSaysSo() {
        release.apply("""
            apiVersion: framequota.io/v1alpha1
            kind: QuotaPolicy
            metadata: {name: second}
            spec: {policy: las}
            """);
        release.apply("""
            apiVersion: framequota.io/v1alpha1
            kind: Experiment
            metadata: {name: off}
            spec: {home: simulator, cores: 2, workload: {batch: {sizes: [1, 1]}}, policies: [gang]}
            """);

        release.server()
                .await(
                        "the policy says so",
                        SOON,
                        () -> reason("quotapolicy", "second", "Applied").equals("Ignored"));
        release.server()
                .await(
                        "the experiment says so",
                        SOON,
                        () -> reason("experiment", "off", "Complete").equals("ExperimentsOff"));
        release.kubectl("delete", "quotapolicy/second", "experiment/off");
    }

    @Test
    void anUpgradeThatConflictsChangesNothing() {
        patch("{\"spec\":{\"parameters\":{\"max_active\":\"3\"},\"policy\":\"gang\"}}");
        String before = generations();

        assertThatThrownBy(() -> release.upgrade("--set", "podAnnotations.framequota\\.io/trial=refused"))
                .hasMessageContaining("has set spec.policy to \"gang\", and this upgrade to \"divide-and-conquer\"");

        assertThat(generations()).isEqualTo(before);
        patch("{\"spec\":{\"parameters\":null,\"policy\":\"divide-and-conquer\"}}");
    }

    @Test
    void everyFieldIsExplained() {
        for (String resource : List.of("quotapolicy", "experiment")) {
            for (String field : List.of("", ".spec", ".status", ".status.conditions")) {
                assertThat(release.kubectl("explain", resource + field))
                        .contains("DESCRIPTION:")
                        .doesNotContain("<empty>", "<no description>");
            }
        }
    }

    @Test
    void theLeaseGoesWithTheRelease() {
        assertThat(release.leader()).isNotEmpty();
        release.uninstall();
        try {
            assertThat(release.kubectl("get", "leases", "--ignore-not-found", "-o", "name"))
                    .isEmpty();
        } finally {
            release.reinstall();
        }
    }

    private static void patch(String patch) {
        release.kubectl("patch", "quotapolicy", POLICY, "--type", "merge", "-p", patch);
    }

    private static boolean is(String policy, String type, String status) {
        return condition("quotapolicy", policy, type).path("status").asText().equals(status);
    }

    private static String reason(String kind, String name, String type) {
        return condition(kind, name, type).path("reason").asText();
    }

    private static JsonNode condition(String kind, String name, String type) {
        JsonNode conditions = release.object(kind, name).path("status").path("conditions");
        return StreamSupport.stream(conditions.spliterator(), false)
                .filter(c -> c.path("type").asText().equals(type))
                .findFirst()
                .orElse(conditions.path("none"));
    }

    private static String generations() {
        return release.kubectl(
                "get",
                "deployments,statefulsets,services,quotapolicies",
                "-o",
                "jsonpath={.items[*].metadata.generation}");
    }
}
