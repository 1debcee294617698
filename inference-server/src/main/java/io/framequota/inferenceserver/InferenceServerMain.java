package io.framequota.inferenceserver;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.InferenceToken;
import io.framequota.common.failure.Failure;
import io.framequota.common.log.LogLines;
import io.framequota.inferenceserver.repository.ModelRepository.Listing;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the inference server until the process is told to stop. It prints one line when it is ready. It exits 2 for a wrong command
 * line or token and 1 when it cannot listen, each with one line on standard error.
 */
public final class InferenceServerMain {
    private InferenceServerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        LogLines.install();
        try {
            run(ServerOptions.parse(arguments, Runtime.getRuntime().availableProcessors()));
        } catch (Failure e) {
            System.err.println("inference-server: " + e.line());
            System.exit(e.exitCode());
        }
    }

    private static void run(ServerOptions options) throws InterruptedException {
        EmbeddedServer server;
        try {
            server = EmbeddedServer.start(options, token());
        } catch (IOException e) {
            throw Failure.work("cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
        System.out.println("inference-server is ready on " + options.host() + ":" + server.port() + ": "
                + summary(server.index()));
        server.await();
    }

    private static @Nullable BearerToken token() {
        try {
            return InferenceToken.of(System.getenv(InferenceToken.VARIABLE));
        } catch (IllegalArgumentException e) {
            throw Failure.use(String.valueOf(e.getMessage()));
        }
    }

    private static String summary(List<Listing> index) {
        return index.stream()
                .map(m -> m.reason().isEmpty() ? m.name() : m.name() + " (unavailable: " + m.reason() + ")")
                .collect(Collectors.joining(", "));
    }
}
