package io.framequota.cli.model;

import io.framequota.common.failure.Failure;
import io.framequota.local.ForegroundProgram;
import io.framequota.local.Installation;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the programs that work on model files. They are the inference server's, because it knows ONNX. */
final class ModelProgram {
    /** Reads ONNX files and makes entries of repositories. */
    static final String FILES = "entry.ModelFilesMain";

    /** Gives models an 8-bit picture input. */
    static final String PREPARE = "prepare.PrepareModelMain";

    /** Measures throughput. */
    static final String BENCHMARK = "benchmark.ModelBenchmarkMain";

    private ModelProgram() {}

    /**
     * Runs a program in the foreground.
     *
     * @return its exit code
     * @throws Failure the inference server is not built
     */
    static int run(Installation installation, Path folder, Redirect output, String program, List<String> arguments)
            throws IOException, InterruptedException {
        installation.require(Installation.serverJar());
        List<String> all = new ArrayList<>(List.of(
                "-Xmx2g",
                "-cp",
                installation.root().resolve(Installation.serverJar()).toString(),
                "io.framequota.inferenceserver." + program));
        all.addAll(arguments);
        return ForegroundProgram.run(installation, all, Map.of("ORT_DISABLE_TELEMETRY", "1"), folder, output);
    }
}
