package io.framequota.cli.model;

import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq model prepare}. */
@Command(
        name = "prepare",
        description = "Rewrite an ONNX model to take 8-bit input in height x width x channels order. Frames then reach"
                + " the inference server without conversion; the detections stay the same.",
        footer = {
            "",
            "Examples:",
            "  fq model prepare yolox_nano.onnx models/yolox_nano/1/model.onnx",
            "  fq model prepare yolox_nano.onnx models/yolox_nano --batch 8"
        })
public final class PrepareCommand implements Callable<Integer> {
    private static final int MOST_BATCH = 128;
    private static final String ONNX = ".onnx";
    private static final String MODEL = "1/model.onnx";
    private static final String CONFIG = "config.pbtxt";
    private final Terminal terminal;
    private final Installation installation;

    @Parameters(index = "0", paramLabel = "IN.onnx", description = "Model to read.")
    private String in = "";

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "File to write, or folder of a model repository's entry.")
    private String out = "";

    @Option(
            names = "--batch",
            paramLabel = "N",
            description =
                    "Also let a request have up to N pictures, if the graph allows it: it is run with two pictures, and"
                            + " must answer as with one.")
    private int batch = 1;

    public PrepareCommand(Terminal terminal, Installation installation) {
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
        if (batch < 1 || batch > MOST_BATCH) {
            throw Failure.use("--batch " + batch + ": give a number from 1 to " + MOST_BATCH);
        }
        Path to = terminal.resolve(out);
        FileNames.requireText(from, in);
        FileNames.requireText(to.getFileName(), out);
        String name = String.valueOf(to.getFileName());
        List<FileArgument> outputs = outputs(to, name);
        FileArgument.refuseOverwriting(List.of(new FileArgument(in, from)), outputs);
        outputs.forEach(o -> OutputFile.obstacle(o.path()).ifPresent(why -> {
            throw Failure.use(o.text() + ": " + why);
        }));
        return prepare(from, to, name);
    }

    /** The files to write: a model, or the files of a model repository's entry. */
    private List<FileArgument> outputs(Path to, String name) {
        return name.endsWith(ONNX)
                ? List.of(new FileArgument(out, to))
                : List.of(
                        new FileArgument(out + "/" + MODEL, to.resolve(MODEL)),
                        new FileArgument(out + "/" + CONFIG, to.resolve(CONFIG)));
    }

    /** The program writes into a temporary folder; its files are moved only when it succeeds. */
    private int prepare(Path from, Path to, String name) throws InterruptedException, IOException {
        Path aside = Files.createTempDirectory("fq-model-");
        try {
            Path written = aside.resolve(name);
            int code = ModelProgram.run(
                    installation,
                    aside,
                    Redirect.DISCARD,
                    ModelProgram.PREPARE,
                    List.of(from.toString(), written.toString(), Integer.toString(batch)));
            if (code != Failure.DONE) {
                return code;
            }
            if (name.endsWith(ONNX)) {
                copy(written, to);
                terminal.print(FileNames.text(to));
            } else {
                copy(written.resolve(MODEL), to.resolve(MODEL));
                copy(written.resolve(CONFIG), to.resolve(CONFIG));
                terminal.print(FileNames.text(to.resolve(MODEL)));
            }
            return Failure.DONE;
        } finally {
            Folders.delete(aside);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (OutputFile output = OutputFile.open(to)) {
            Files.copy(from, output.stream());
            output.keep();
        }
    }
}
