package io.framequota.inference.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The settings of this worker; docs/settings.md lists their environment variables. */
@ConfigMapping(prefix = "framequota")
public interface WorkerConfig {
    /** The stable name of this worker. */
    @WithDefault("worker-0")
    String worker();

    /** The inference server, as host:port. */
    @WithDefault("127.0.0.1:8001")
    String triton();

    /** The token that the inference server expects. */
    @WithName("inference.token")
    Optional<String> inferenceToken();

    /** The folder with the models' label files, when this worker has access to it. */
    @WithName("model.repository")
    Optional<Path> modelRepository();

    /** Limit of requests at the server. */
    @WithName("in.flight")
    OptionalInt inFlight();

    /** Requests that the server computes at once; without it, the server says. */
    OptionalInt cores();

    /** Whether shared memory may be used. */
    @WithName("shared.memory")
    @WithDefault("true")
    boolean sharedMemory();

    /** Milliseconds that started grants may take when the worker is asked to stop. */
    @WithName("leave.ms")
    @WithDefault("3000")
    long leaveMs();

    /** Host names by which the HTTP port may be called; {@link io.framequota.common.access.CallerPolicy} has the rules. */
    @WithName("allowed-hosts")
    Optional<List<String>> allowedHosts();
}
