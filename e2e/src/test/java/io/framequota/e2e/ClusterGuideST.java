package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/guides/cluster.md from its second step on, command by command as it is written there, with the chart's own values. All
 * that is put in its place is the namespace, by the kubeconfig's context, the port on this machine and the job's id.
 */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
class ClusterGuideST {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Guide GUIDE = Guide.of("docs/guides/cluster.md");

    @Test
    void theGuideLeadsToDetections(@TempDir Path folder) throws IOException {
        assumeTrue(Files.exists(SharedData.VIDEO), () -> "skipped: no " + SharedData.VIDEO);
        try (Newcomer newcomer =
                Newcomer.arrive("fq-guide-" + ProcessHandle.current().pid(), folder)) {
            newcomer.does(GUIDE.command("helm install"));
            newcomer.does(GUIDE.command("kubectl wait"));
            assertThat(newcomer.does(checked("helm test fq")))
                    .contains("fq-framequota-test-models", "fq-framequota-test-submits")
                    .doesNotContain("Failed");
            newcomer.forwards(GUIDE.command("kubectl port-forward"));
            assertThat(GUIDE.command("export FQ_SERVER")).endsWith("=http://127.0.0.1:8080");

            newcomer.exports(GUIDE.command("export FQ_KEY"));
            assertThat(newcomer.reads("FQ_KEY= ./fq jobs; echo $?")).isEqualTo("2");

            String sample = newcomer.reads(GUIDE.command("./fq submit"));
            newcomer.does(GUIDE.command("./fq watch").replace("ID", sample));
            newcomer.does(GUIDE.command("./fq results").replace("ID", sample));
            assertThat(Files.readAllLines(folder.resolve("walkers.jsonl"))).hasSize(120);

            String video = newcomer.reads(
                    GUIDE.command("./fq submit").replace("sample:walkers", "--every 4 " + SharedData.VIDEO));
            newcomer.server().awaitMiddle(video, LIMIT);
            whatIsAllocatedIsWhatContainersHave(newcomer);
            newcomer.does(GUIDE.command("kubectl patch quotapolicy"));
            newcomer.server()
                    .await(
                            "the policy is in force",
                            Duration.ofSeconds(30),
                            () -> newcomer.reads(GUIDE.command("kubectl get quotapolicy"))
                                            .contains("one-request-at-a-time")
                                    && newcomer.server()
                                            .get("/api/v1/policy")
                                            .path("policy")
                                            .asText()
                                            .equals("one-request-at-a-time"));

            newcomer.server().assertEveryFrameOnce(newcomer.server().awaitEnd(video, LIMIT), 4);
        }
    }

    /** A command in the running text of the page. */
    private static String checked(String command) {
        assertThat(Fq.ROOT.resolve("docs/guides/cluster.md")).content().contains("`" + command + "`");
        return command;
    }

    private static void whatIsAllocatedIsWhatContainersHave(Newcomer newcomer) {
        newcomer.server().await("allocation and limits agree", Duration.ofSeconds(60), () -> {
            JsonNode allocation = Server.parse(newcomer.reads(GUIDE.command("curl")));
            Map<String, Integer> quotas = StreamSupport.stream(
                            allocation.path("workers").spliterator(), false)
                    .collect(Collectors.toMap(
                            w -> w.path("worker").asText(),
                            w -> w.path("millicores").path("quota").asInt()));
            return quotas.size() == 2
                    && quotas.values().stream().mapToInt(q -> q).sum() > 0
                    && quotas.equals(limits(newcomer.does(GUIDE.command("kubectl get pods"))));
        });
    }

    /** Worker to millicores, of a table with a header. */
    private static Map<String, Integer> limits(String table) {
        List<String> lines = table.lines().toList();
        return lines.stream()
                .skip(1)
                .map(l -> l.split("\\s+"))
                .collect(Collectors.toMap(l -> l[0], l -> Release.millicores(l[1])));
    }
}
