package io.framequota.local;

import java.util.List;
import java.util.Map;

/** Options for the JVMs of the system, on one machine and in container images. */
public final class JvmOptions {
    /** For every process. Memory limits are set where a process is started. */
    public static final List<String> ALL = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            // The hot code is native, and a frame passes through much Java code once: compiling everything early and
            // quickly took CPU time from 28 to 20 ms a frame over the first 1,400 frames of a new system (decision
            // 0063).
            "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=0.1",
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
     * Environment of ingest-service. It decodes each job on a new thread, for which the C library would create further arenas,
     * up to eight per processor, each keeping its freed memory (decision 0211).
     */
    public static final Map<String, String> ONE_ARENA = Map.of("MALLOC_ARENA_MAX", "1");

    private JvmOptions() {}
}
