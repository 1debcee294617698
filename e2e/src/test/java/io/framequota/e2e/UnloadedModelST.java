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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that goes from the system's own inference servers comes back: no job fails for it, no later one is refused. */
class UnloadedModelST {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir
    Path folder;

    @Test
    void aModelThatIsUnloadedUnderAJobIsLoadedAgain() throws Exception {
        try (RunningSystem system = RunningSystem.up(folder.resolve("data"))) {
            String job =
                    system.submit("sample:walkers", "people", 2).path("job").asText();
            system.server().awaitMiddle(job, LIMIT);
            List<Long> servers = Fq.pidsOf(system.handle(), "inference-server");
            assertThat(servers).isNotEmpty();
            for (long server : servers) {
                unload(server);
            }

            JsonNode end = system.awaitEnd(job, LIMIT);
            assertThat(end.path("state").asText()).isEqualTo("SUCCEEDED");
            system.server().assertEveryFrameOnce(end, 2);
            String next =
                    system.submit("sample:walkers", "people", 30).path("job").asText();
            assertThat(system.awaitEnd(next, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");
        }
    }

    /** As one of the system's own processes could: nobody else has the token. */
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
