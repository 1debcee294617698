package io.framequota.cli.serve;

import io.framequota.cli.local.ChildProgram;
import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fq model}: a name for what can be done with model files. */
@Command(
        name = "model",
        description = "Work on model files.",
        footer = {"", "Examples:", "  fq model prepare yolox_nano.onnx models/yolox_nano/1/model.onnx"})
public final class ModelCommand {
    /** {@code fq model prepare}. */
    @Command(
            name = "prepare",
            description =
                    "Write an ONNX model whose input is 8-bit height x width x channels, with cast and layout inside:"
                            + " no float tensor crosses a process then. Detections stay the same.",
            footer = {"", "Examples:", "  fq model prepare yolox_nano.onnx models/yolox_nano/1/model.onnx"})
    public static final class Prepare implements Callable<Integer> {
        private final Terminal terminal;
        private final Installation installation;

        @Parameters(index = "0", paramLabel = "IN.onnx", description = "Model to read.")
        private String in = "";

        @Parameters(index = "1", paramLabel = "OUT", description = "File to write.")
        private String out = "";

        public Prepare(Terminal terminal, Installation installation) {
            this.terminal = terminal;
            this.installation = installation;
        }

        @Override
        public Integer call() throws InterruptedException, IOException {
            Path from = terminal.resolve(in);
            if (!Files.isRegularFile(from)) {
                throw Failure.use("there is no file " + in + ": give an ONNX model");
            }
            installation.require(Installation.serverJar());
            List<String> arguments = List.of(
                    "-Xmx512m",
                    "-cp",
                    installation.root().resolve(Installation.serverJar()).toString(),
                    "io.framequota.inferenceserver.prepare.Main",
                    from.toString(),
                    terminal.resolve(out).toString());
            return ChildProgram.run(
                    installation, arguments, Map.of("ORT_DISABLE_TELEMETRY", "1"), terminal.resolve(""));
        }
    }
}
