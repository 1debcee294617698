package io.framequota.local;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Options for the JVMs of the system, on one machine and in container images. */
public final class JvmOptions {
    /** How Java code is compiled. */
    public enum Jit {
        /**
         * Early and quickly. The hot code is native, and a frame passes through much Java code once: this took CPU time from 28 to
         * 20 ms a frame over the first 1,400 frames of a new system (decision 0063).
         */
        QUICK("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=0.1"),
        /** What stays hot is compiled a second time, and better. */
        FULL();

        private final List<String> options;

        Jit(String... options) {
            this.options = List.of(options);
        }
    }

    /** For processes that run for hours: containers and {@code fq up} (decision 0063). */
    public static final Jit LASTING = Jit.QUICK;

    /** For one run, such as {@code fq detect}. */
    public static final Jit ONE_RUN = Jit.QUICK;

    /** Environment variable of fq that names another choice: {@code quick} or {@code full}. */
    private static final String VARIABLE = "FRAMEQUOTA_JIT";

    private static final List<String> COMMON = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            // Compiling what was hot in the recorded run costs a second of CPU time while the system starts.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-AOTReplayTraining",
            // JavaCPP would refuse memory above four times the heap. Budgets bound native memory here (decision 0211).
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            // Files under /tmp would outlive a kill -9.
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error:stderr");

    /**
     * Environment of the services that decode, ingest-service and inference-service: on several threads, for which the C library would
     * create further arenas, up to eight per processor, each keeping its freed memory (decision 0211).
     */
    public static final Map<String, String> ONE_ARENA = Map.of("MALLOC_ARENA_MAX", "1");

    /** For every process. Memory limits are set where a process is started. */
    public static List<String> all(Jit jit) {
        return Stream.concat(COMMON.stream(), jit.options.stream()).toList();
    }

    /** The user's choice for the processes of fq, or the default one. */
    static Jit chosen(@Nullable String named, boolean lasting) {
        return switch (named) {
            case "quick" -> Jit.QUICK;
            case "full" -> Jit.FULL;
            case null, default -> lasting ? LASTING : ONE_RUN;
        };
    }

    static Jit chosen(boolean lasting) {
        return chosen(System.getenv(VARIABLE), lasting);
    }

    private JvmOptions() {}
}
