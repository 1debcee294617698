package io.framequota.cli.model;

import io.framequota.cli.download.DownloadableModel;
import io.framequota.cli.download.ModelDownload;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq model add}. */
@Command(
        name = "add",
        description =
                "Add a model to a model repository: download one of the catalogue (fq model list shows it) or any ONNX file,"
                        + " or take a file. ONNX Runtime loads it, and its inputs and outputs tell how to use it. The entry is"
                        + " in Triton's layout; Triton loads it too.",
        footer = {
            "",
            "A download continues where it broke off, if the SHA-256 of the file is known. FRAMEQUOTA_MODEL_MIRROR is the URL of"
                    + " a folder with the catalogue's files, for networks without access to their publishers.",
            "",
            "Examples:",
            "  fq model add yolox_nano",
            "  fq model add best.onnx --name helmets --labels helmets.txt",
            "  fq model add https://example.org/model.onnx --sha256 HEX --repository models"
        })
public final class AddCommand implements Callable<Integer> {
    private static final String HEX = "[0-9a-f]{64}";
    private final Terminal terminal;
    private final Installation installation;
    private final Map<String, String> environment;

    @Parameters(paramLabel = "NAME|URL|FILE", description = "Model of the catalogue, http(s) URL or ONNX file.")
    private String what = "";

    @Mixin
    private RepositoryOption repository = new RepositoryOption();

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the entry (default: that of the file).")
    private @Nullable String name;

    @Option(names = "--sha256", paramLabel = "HEX", description = "SHA-256 that the file must have.")
    private @Nullable String sha256;

    @Option(
            names = "--preprocess",
            paramLabel = "FIT,COLOUR,RANGE",
            description =
                    "How a frame becomes the model's picture, as in letterbox,bgr,0-255 (default: as is usual for the"
                            + " model's family).")
    private @Nullable String preprocess;

    @Option(
            names = "--postprocess",
            paramLabel = "FAMILY",
            description =
                    "How the outputs become detections: yolox, yolov5, yolov8, end-to-end, ssd, rt-detr, classifier or raw"
                            + " (default: what the outputs look like).")
    private @Nullable String postprocess;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Class names, one on each line (default: those in the model; COCO's for 80 classes).")
    private @Nullable String labels;

    @Option(
            names = "--size",
            paramLabel = "WIDTHxHEIGHT",
            description = "Size of pictures, for a model that leaves it open.")
    private @Nullable String size;

    public AddCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        this.terminal = terminal;
        this.installation = installation;
        this.environment = environment;
    }

    /**
     * A file to add.
     *
     * @param folder was made for it and is to be deleted; null for a file of the user's
     */
    private record Fetched(Path file, @Nullable Path folder) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (sha256 != null && !sha256.toLowerCase(Locale.ROOT).matches(HEX)) {
            throw Failure.use("--sha256 " + sha256 + ": give 64 hexadecimal digits");
        }
        installation.require(Installation.serverJar());
        Optional<DownloadableModel> known = DownloadableModel.named(what);
        String entry = RepositoryOption.checked(name != null ? name : defaultName(known));
        Path folder = repository.folder(terminal, installation);
        Path target = folder.resolve(entry);
        if (Files.exists(target)) {
            throw Failure.use("there is a model " + entry + " in " + folder
                    + " already: add this one with another --name, or type" + " fq model remove " + entry + " first");
        }
        if (labels != null && !Files.isRegularFile(terminal.resolve(labels))) {
            throw Failure.use("--labels " + labels + ": there is no such file");
        }
        Fetched fetched = fetch(entry, known);
        try {
            int code = add(fetched.file(), folder, target, known);
            if (code != Failure.DONE) {
                return code;
            }
        } finally {
            Path made = fetched.folder();
            if (made != null) {
                Folders.delete(made);
            }
        }
        terminal.print(FileNames.text(target));
        terminal.say("use it with: fq detect VIDEO --model " + entry + repository.asOption()
                + " (a running fq up loads it at its next start)");
        return Failure.DONE;
    }

    private String defaultName(Optional<DownloadableModel> known) {
        if (known.isPresent()) {
            return what;
        }
        String file = what.replaceAll("[?#].*", "").replaceAll("/+$", "");
        return file.substring(file.lastIndexOf('/') + 1).replaceAll("(?i)\\.onnx$", "");
    }

    private Fetched fetch(String entry, Optional<DownloadableModel> known) throws IOException, InterruptedException {
        String digest = sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
        if (known.isPresent()) {
            DownloadableModel model = known.get();
            if (digest != null && !digest.equals(model.sha256())) {
                throw Failure.use(
                        "--sha256 is not that of the catalogue's " + what + ": omit it, or give a URL or file");
            }
            URI source = model.source(environment);
            terminal.say(what + ": " + ModelDownload.megabytes(model.bytes()) + " MB from " + source.getHost()
                    + ", licence " + model.licence());
            return download(new ModelDownload.Wanted(what, source, model.bytes(), model.sha256()));
        }
        if (what.contains("://")) {
            return download(new ModelDownload.Wanted(entry, ModelDownload.address(what, what), 0, digest));
        }
        Path file = terminal.resolve(what);
        if (!Files.isRegularFile(file)) {
            throw Failure.use("there is no file " + what + ", and the catalogue has only "
                    + DownloadableModel.ALL.stream()
                            .map(DownloadableModel::name)
                            .collect(Collectors.joining(", "))
                    + ": give one of these, a URL or an ONNX file");
        }
        FileNames.requireText(file, what);
        if (digest != null && !digest.equals(ModelDownload.digest(file))) {
            throw Failure.use(what + " is not the file that is wanted: its SHA-256 is " + ModelDownload.digest(file)
                    + ", not " + digest);
        }
        return new Fetched(file, null);
    }

    private Fetched download(ModelDownload.Wanted wanted) throws IOException, InterruptedException {
        ModelDownload.Downloaded done =
                new ModelDownload(terminal, installation.cache().resolve("models")).fetch(wanted);
        return new Fetched(done.file(), done.folder());
    }

    /** The program writes beside the target, which appears whole or not at all. */
    private int add(Path file, Path folder, Path target, Optional<DownloadableModel> known)
            throws IOException, InterruptedException {
        FileNames.requireText(folder, "--repository");
        Files.createDirectories(folder);
        Path aside = Files.createTempDirectory(folder, ".fq-model-");
        try {
            Path written = aside.resolve(String.valueOf(target.getFileName()));
            List<String> arguments = new ArrayList<>(List.of("add", file.toString(), written.toString()));
            option(arguments, "--size", size);
            option(
                    arguments,
                    "--labels",
                    labels == null ? null : terminal.resolve(labels).toString());
            option(
                    arguments,
                    "--preprocess",
                    preprocess != null
                            ? preprocess
                            : known.map(DownloadableModel::preprocess).orElse(null));
            option(
                    arguments,
                    "--postprocess",
                    postprocess != null
                            ? postprocess
                            : known.map(DownloadableModel::postprocess).orElse(null));
            int code = ModelProgram.run(installation, aside, Redirect.DISCARD, ModelProgram.FILES, arguments);
            if (code == Failure.DONE) {
                Files.move(written, target);
            }
            return code;
        } finally {
            Folders.delete(aside);
        }
    }

    private static void option(List<String> arguments, String option, @Nullable String value) {
        if (value != null) {
            arguments.addAll(List.of(option, value));
        }
    }
}
