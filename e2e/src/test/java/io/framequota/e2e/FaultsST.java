package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.common.access.BearerToken;
import io.framequota.common.access.InferenceToken;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.RepositoryModelUnloadRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults in the middle of a job: a killed process, an unloaded model. The job ends with every frame exactly once, in order. All
 * tests share one system, which must have recovered after each.
 */
class FaultsST {
    /**
     * Small chunks: a short job has a middle. And room for few of them before results come: in that middle most of the video is not
     * read yet.
     */
    static final Map<String, String> CHUNKS =
            Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8", "FRAMEQUOTA_DECODE_AHEAD_BYTES", "100K");

    /** Every second one of the sample's 120. */
    static final int FRAMES = 60;

    static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    static Path data;

    private static RunningSystem system;

    @BeforeAll
    static void up() {
        system = RunningSystem.up(data, CHUNKS);
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inference-service", "inference-server", "ingest-service", "scheduler"})
    void aKilledProcessLosesNoFrame(String module) {
        String job = system.submit("sample:walkers", "people", 2).path("job").asText();
        JsonNode middle = system.server().awaitMiddle(job, LIMIT);

        system.kill(module);

        JsonNode end = system.awaitEnd(job, LIMIT);
        assertThat(end.path("state").asText())
                .as("after the kill of %s: %s", module, end)
                .isEqualTo("SUCCEEDED");
        system.server().assertEveryFrameOnce(end, 2);
        assertThat(end.path("frames").asLong()).as(module).isEqualTo(FRAMES);
        assertDecodingWentOn(middle, end);
        assertThat(end.path("frame_transport").asText()).isEqualTo("packets");
    }

    /** In the middle the video was not read yet. */
    static void assertDecodingWentOn(JsonNode middle, JsonNode end) {
        assertThat(middle.path("chunks").asInt())
                .as("chunks written when the fault came, of those in the end")
                .isLessThan(end.path("chunks").asInt());
    }

    @Test
    void aModelUnloadedDuringAJobIsLoadedAgain() throws Exception {
        String job = system.submit("sample:walkers", "people", 2).path("job").asText();
        system.server().awaitMiddle(job, LIMIT);
        List<Long> servers = Fq.pidsOf(system.handle(), "inference-server");
        assertThat(servers).isNotEmpty();
        for (long server : servers) {
            unload(server);
        }

        JsonNode end = system.awaitEnd(job, LIMIT);
        assertThat(end.path("state").asText()).isEqualTo("SUCCEEDED");
        system.server().assertEveryFrameOnce(end, 2);
        String next = system.submit("sample:walkers", "people", 30).path("job").asText();
        assertThat(system.awaitEnd(next, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");
    }

    /** Unloads the model of a server with the token of the system's own processes. */
    private static void unload(long server) throws Exception {
        int port = Integer.parseInt(found("--port (\\d+)", Fq.commandLine(server)));
        String environment = Files.readString(Path.of("/proc/" + server + "/environ"), StandardCharsets.ISO_8859_1);
        BearerToken token = InferenceToken.of(found(InferenceToken.VARIABLE + "=([0-9a-f]{64})", environment));
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .intercept(Objects.requireNonNull(token).interceptor())
                .build();
        try {
            GRPCInferenceServiceGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                            .setModelName("people")
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
