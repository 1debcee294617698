package io.framequota.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.FqTestBase;
import io.framequota.cli.StubServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyCommandsTest extends FqTestBase {
    @Test
    void policiesMarkTheOneInUse() throws IOException {
        String policies = "[{\"name\":\"auto\",\"explanation\":\"chooses\",\"live\":false},"
                + "{\"name\":\"edf\",\"explanation\":\"deadlines\",\"live\":true}]";
        try (StubServer server = new StubServer().on("GET /api/v1/policies", 200, policies)) {
            assertThat(run(server, "policies")).isZero();
            assertThat(out()).isEqualTo("POLICY      WHAT IT DOES\nauto        chooses\nedf (live)  deadlines\n");
            assertThat(run(server, "policies --json")).isZero();
            assertThat(out()).isEqualTo(policies + "\n");
            assertThat(run(server, "policies --shadow --accuracy")).isEqualTo(2);
            assertThat(err()).contains("--shadow and --accuracy cannot be combined");
        }
    }

    @Test
    void withoutAServerThePoliciesAreThoseThatASystemWouldHave() throws IOException {
        int code = run("policies");
        // Somebody else's system may run at the default address.
        if (!err().isEmpty()) {
            assertThat(code).isZero();
            assertThat(err())
                    .isEqualTo("fq: no system runs: these are the policies that fq up and fq detect can use\n");
        }
        assertThat(out()).contains("auto", "one-request-at-a-time").doesNotContain("concave-optimum");
        assertThat(run(Map.of("FQ_SERVER", "http://127.0.0.1:1"), "policies")).isEqualTo(1);
        assertThat(err()).contains("no server answers at http://127.0.0.1:1");
    }

    @Test
    void theAccuracyOfForecastsIsPrintedAsATable() throws IOException {
        String answer = """
            {"jobs":3,"median_error":0.05,"p90_error":0.1,"p99_error":null,"bias":-0.02,"correlation":null,
             "policies":[{"policy":"auto","jobs":3,"median_error":0.05,"p90_error":0.1,"p99_error":0.2,
                          "bias":0.02,"correlation":0.9}]}
            """;
        try (StubServer server = new StubServer().on("GET /api/v1/policies/accuracy", 200, answer)) {
            assertThat(run(server, "policies --accuracy")).isZero();
            assertThat(out()).isEqualTo("""
                POLICY  JOBS  MEDIAN ERROR  P90     P99     BIAS    CORRELATION
                auto    3     5.0 %         10.0 %  20.0 %  +2.0 %  0.900
                all     3     5.0 %         10.0 %  -       -2.0 %  -
                """);
            server.on("GET /api/v1/policies/accuracy", 200, "{\"jobs\":0}");
            assertThat(run(server, "policies --accuracy")).isZero();
            assertThat(out()).isEqualTo("no job with a forecast has ended yet\n");
            assertThat(run(server, "policies --accuracy --json")).isZero();
            assertThat(out()).isEqualTo("{\"jobs\":0}\n");
        }
    }

    @Test
    void modelsArePrintedAsATableFollowedByTheUnusableOnes() throws IOException {
        String models = """
            [{"name":"people","width":0,"height":0,"postprocess":"hog","labels":["person"]},
             {"name":"yolox","width":416,"height":320,"postprocess":"yolox","labels":["a","b"]},
             {"name":"broken","reason":"no graph"}]\
            """;
        try (StubServer server = new StubServer().on("GET /api/v1/models", 200, models)) {
            assertThat(run(server, "models")).isZero();
            assertThat(out()).isEqualTo("""
                MODEL   INPUT    POSTPROCESS  CLASSES
                people  native   hog          1
                yolox   416x320  yolox        2
                broken cannot be used: no graph
                """);
            assertThat(err()).contains("model people is OpenCV's HOG detector").contains("fq model add yolox_nano");
            assertThat(run(server, "models --json")).isZero();
            assertThat(out()).startsWith("[{\"name\":\"people\"");
        }
    }

    @Test
    void thePolicyInUseIsShownAndSet() throws IOException {
        try (StubServer server = new StubServer()
                .on("GET /api/v1/policy", 200, "{\"policy\":\"divide-and-conquer\"}")
                .on("PUT /api/v1/policy", 200, "{\"policy\":\"one-request-at-a-time\"}")) {
            Map<String, String> environment = Map.of("FQ_SERVER", server.url());
            assertThat(run(environment, "policy")).isZero();
            assertThat(run(environment, "policy", "one-at-a-time")).isZero();
            assertThat(out()).isEqualTo("divide-and-conquer\none-request-at-a-time\n");
            assertThat(server.requests.getLast().body()).isEqualTo("{\"policy\":\"one-at-a-time\"}");
        }
    }

    @Test
    void aPolicyIsSetWithItsParameters() throws IOException {
        try (StubServer server = new StubServer()
                .on(
                        "PUT /api/v1/policy",
                        200,
                        "{\"policy\":\"gang\",\"parameters\":{\"width\":\"2\",\"max_active\":\"4\"}}")) {
            assertThat(run("policy", "gang", "--set", "width=2", "max_active=4", "--server", server.url()))
                    .isZero();
            assertThat(out()).isEqualTo("gang width=2 max_active=4\n");
            assertThat(server.requests.getLast().body())
                    .isEqualTo("{\"policy\":\"gang\",\"parameters\":{\"width\":\"2\",\"max_active\":\"4\"}}");
            assertThat(run("policy", "--set", "width=2", "--server", server.url()))
                    .isEqualTo(2);
            assertThat(err()).contains("--set requires a policy: fq policy NAME --set width=2");
        }
    }

    @Test
    void theNoticeOfASelectionBesideAQuotaPolicyIsSaid() throws IOException {
        try (StubServer server = new StubServer()
                .on(
                        "PUT /api/v1/policy",
                        200,
                        "{\"policy\":\"srpt\",\"notice\":\"stays until the QuotaPolicy changes\"}")) {
            assertThat(run("policy", "srpt", "--server", server.url())).isZero();
            assertThat(out()).isEqualTo("srpt\n");
            assertThat(err()).isEqualTo("fq: stays until the QuotaPolicy changes\n");
        }
    }

    @Test
    void theShadowReplayIsPrintedAsATableAndASummary() throws IOException {
        String replay = """
            {"jobs":12,"replayed_jobs":12,
             "live":{"policy":"auto","measured_mean_s":2.1,"replayed_mean_s":2.0,"decided":["auto"]},
             "policies":[{"policy":"edf","mean_response_s":1.5,"p99_s":3,"refused":2,"change":-0.25},
                         {"policy":"auto","mean_response_s":2.0,"p99_s":4,"refused":0,"change":0.0},
                         {"policy":"gang","mean_response_s":3.0,"p99_s":5,"refused":0,"change":0.5}],
             "sentence":"no policy was better"}
            """;
        try (StubServer server = new StubServer()
                .on("GET /api/v1/policies/shadow", 200, replay)
                .on("GET /api/v1/policies/shadow?hours=24.0", 200, "{\"live\":null,\"sentence\":\"nothing came\"}")) {
            Map<String, String> environment = Map.of("FQ_SERVER", server.url());
            assertThat(run(environment, "policies", "--shadow")).isZero();
            assertThat(run(environment, "policies", "--shadow", "--hours", "24"))
                    .isZero();
            assertThat(out()).isEqualTo("""
                POLICY  MEAN    P99     CHANGE
                edf     1.50 s  3.00 s  -25.0 %  refuses 2
                auto    2.00 s  4.00 s           live
                gang    3.00 s  5.00 s  +50.0 %
                12 jobs; measured mean 2.10 s, replayed 2.00 s
                no policy was better
                nothing came
                """);
            assertThat(run(environment, "policies", "--hours", "24")).isEqualTo(2);
        }
    }
}
