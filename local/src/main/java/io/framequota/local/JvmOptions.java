package io.framequota.local;

import java.util.List;
import java.util.Map;

/** Options of every JVM of the system, on one machine and in the container images. */
public final class JvmOptions {
    /** All of them; how much memory a process may take is said where it is started. */
    public static final List<String> ALL = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            // What is hot here is native code; a frame passes through a lot of Java once. So everything is compiled
            // early and quickly: 28 ms of CPU a frame became 20 over the first 1,400 frames of a new system (decision
            // 0063).
            "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=0.1",
            // Compiling everything that was hot in the recorded run costs a second of CPU just when the system starts.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-AOTReplayTraining",
            // JavaCPP would refuse memory to whoever asks next when the process has more than four times its heap;
            // native
            // memory is bounded by budgets that know who takes it (decision 0211).
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            // No files under /tmp: they would outlive a kill -9.
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error:stderr");

    /**
     * Environment of the process that decodes. Each job is decoded by a thread of its own, and the C library would give new
     * threads further arenas, each of which keeps what was freed in it, up to eight per processor (decision 0211).
     */
    public static final Map<String, String> ONE_ARENA = Map.of("MALLOC_ARENA_MAX", "1");

    private JvmOptions() {}
}
