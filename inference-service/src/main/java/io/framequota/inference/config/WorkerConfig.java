package io.framequota.inference.config;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.InferenceToken;
import jakarta.enterprise.context.Dependent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The settings of this worker; docs/settings.md lists their environment variables. */
@Dependent
public class WorkerConfig {
    private final String worker;
    private final String triton;
    private final Optional<String> token;
    private final Optional<String> modelRepository;
    private final OptionalInt inFlight;
    private final OptionalInt cores;
    private final boolean sharedMemory;
    private final Duration leavePatience;

    WorkerConfig(
            @ConfigProperty(name = "framequota.worker", defaultValue = "worker-0") String worker,
            @ConfigProperty(name = "framequota.triton", defaultValue = "127.0.0.1:8001") String triton,
            @ConfigProperty(name = "framequota.inference.token") Optional<String> token,
            @ConfigProperty(name = "framequota.model.repository") Optional<String> modelRepository,
            @ConfigProperty(name = "framequota.in.flight") OptionalInt inFlight,
            @ConfigProperty(name = "framequota.cores") OptionalInt cores,
            @ConfigProperty(name = "framequota.shared.memory", defaultValue = "true") boolean sharedMemory,
            @ConfigProperty(name = "framequota.leave.ms", defaultValue = "3000") long leaveMs) {
        this.worker = worker;
        this.triton = triton;
        this.token = token;
        this.modelRepository = modelRepository;
        this.inFlight = inFlight;
        this.cores = cores;
        this.sharedMemory = sharedMemory;
        this.leavePatience = Duration.ofMillis(leaveMs);
    }

    /** The stable name of this worker. */
    public String worker() {
        return worker;
    }

    /**
     * Host of the inference server.
     *
     * @throws IllegalArgumentException when the setting is not host:port
     */
    public String serverHost() {
        return triton.substring(0, colon());
    }

    /**
     * Port of the inference server.
     *
     * @throws IllegalArgumentException when the setting is not host:port
     */
    public int serverPort() {
        try {
            return Integer.parseInt(triton.substring(colon() + 1));
        } catch (NumberFormatException e) {
            throw notAnAddress();
        }
    }

    /**
     * The token that the inference server expects, null when it expects none.
     *
     * @throws IllegalArgumentException when the setting is not a token
     */
    public @Nullable BearerToken serverToken() {
        return InferenceToken.of(token.orElse(null));
    }

    /** The folder with the models' label files, null when this worker has no access to it. */
    public @Nullable Path modelRepository() {
        return modelRepository.map(Path::of).orElse(null);
    }

    /** Limit of requests at the server, when set. */
    public OptionalInt inFlight() {
        return inFlight;
    }

    /** Requests that the server computes at once, when set; otherwise the server says. */
    public OptionalInt cores() {
        return cores;
    }

    /** Whether shared memory may be used. */
    public boolean sharedMemory() {
        return sharedMemory;
    }

    /** How long started grants may take when the worker is asked to stop. */
    public Duration leavePatience() {
        return leavePatience;
    }

    private int colon() {
        int colon = triton.lastIndexOf(':');
        if (colon < 1) {
            throw notAnAddress();
        }
        return colon;
    }

    private IllegalArgumentException notAnAddress() {
        return new IllegalArgumentException("FRAMEQUOTA_TRITON is '" + triton + "', not host:port");
    }
}
