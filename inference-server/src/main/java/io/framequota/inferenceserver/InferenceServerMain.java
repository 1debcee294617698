package io.framequota.inferenceserver;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.InferenceToken;
import io.framequota.inferenceserver.repository.ModelRepository.Listing;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts the server, says in one line that it is ready, and runs until it is told to stop. */
public final class InferenceServerMain {
    private InferenceServerMain() {}

    /** Runs the server; see {@link ServerOptions#USAGE}. */
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedServer server;
        ServerOptions options;
        try {
            options = ServerOptions.parse(arguments, Runtime.getRuntime().availableProcessors());
            server = EmbeddedServer.start(options, token());
        } catch (ServerOptions.Wrong e) {
            System.err.println("inference-server: " + e.getMessage());
            System.exit(2);
            return;
        } catch (IOException e) {
            System.err.println("inference-server: cannot listen: " + e.getMessage());
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
        System.out.println("inference-server is ready on " + options.host() + ":" + server.port() + ": "
                + summary(server.index()));
        server.await();
    }

    private static @Nullable BearerToken token() throws ServerOptions.Wrong {
        try {
            return InferenceToken.of(System.getenv(InferenceToken.VARIABLE));
        } catch (IllegalArgumentException e) {
            throw new ServerOptions.Wrong(String.valueOf(e.getMessage()));
        }
    }

    private static String summary(List<Listing> index) {
        return index.stream()
                .map(m -> m.reason().isEmpty() ? m.name() : m.name() + " (unavailable: " + m.reason() + ")")
                .collect(Collectors.joining(", "));
    }
}
