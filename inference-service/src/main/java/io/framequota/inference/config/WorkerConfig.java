package io.framequota.inference.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The settings of this process and its workers; docs/settings.md lists their environment variables. */
@ConfigMapping(prefix = "framequota")
public interface WorkerConfig {
    /** Native memory of each worker for decoding by default: enough for pictures of 3840x2160, except AV1 with 10 bits. */
    String DECODE_MEMORY = "384M";

    /** The stable names of the workers that this process runs. */
    @WithName("worker")
    @WithDefault("worker-0")
    List<String> workers();

    /** The inference servers, as host:port: one for each worker, in the order of their names, or one for all. */
    @WithName("triton")
    @WithDefault("127.0.0.1:8001")
    List<String> servers();

    /** The token that the inference server expects. */
    @WithName("inference.token")
    Optional<String> inferenceToken();

    /** The folder with the models' label files, when this worker has access to it. */
    @WithName("model.repository")
    Optional<Path> modelRepository();

    /** Limit of a worker's requests at its server. */
    @WithName("in.flight")
    OptionalInt inFlight();

    /** Requests of a worker that its server computes at once; without it, the server says. */
    OptionalInt cores();

    /** Native memory of each worker for decoding. */
    @WithName("decode.memory")
    @WithDefault(DECODE_MEMORY)
    MemorySize decodeMemory();

    /** Threads of a decoder. */
    @WithName("decode.threads")
    @WithDefault("1")
    int decodeThreads();

    /** Whether shared memory may be used. */
    @WithName("shared.memory")
    @WithDefault("true")
    boolean sharedMemory();

    /** Milliseconds that started grants may take when the worker is asked to stop. */
    @WithName("leave.ms")
    @WithDefault("3000")
    long leaveMs();

    /** How long a stage may compute on one piece of a chunk without any progress before the process ends itself. */
    @WithName("stall")
    @WithDefault("60S")
    Duration stall();

    /** Host names by which the HTTP port may be called; {@link io.framequota.common.access.CallerPolicy} has the rules. */
    @WithName("allowed-hosts")
    Optional<List<String>> allowedHosts();
}
