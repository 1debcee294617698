package io.framequota.inferenceserver.entry;

import io.framequota.common.text.Utf8Files;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.ModelParameters;
import io.framequota.inferenceserver.graph.UnusableModelException;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.repository.ConfigFile;
import io.framequota.inferenceserver.repository.LabelsParameter;
import io.framequota.inferenceserver.repository.ModelVersions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * What {@code fq model} does with model files. {@code describe FILE} prints what a file is, {@code add FILE FOLDER/NAME} also makes an
 * entry of a model repository of it, {@code list REPOSITORY} prints a repository's entries as lines with tabs. Exits 2 with one line
 * when a model cannot be used.
 */
public final class ModelFilesMain {
    private static final Pattern PREPROCESS =
            Pattern.compile("(letterbox|stretch|native),(bgr|rgb|gray),(0-255|0-1|imagenet)");

    /** The command line, not yet checked. */
    @CommandLine.Command(name = "model-files")
    private static final class CommandLineOptions {
        @Parameters(index = "0")
        private String command = "";

        @Parameters(index = "1")
        private Path file = Path.of("");

        @Parameters(index = "2", arity = "0..1")
        private @Nullable Path folder;

        @Option(names = "--size")
        private @Nullable String size;

        @Option(names = "--preprocess")
        private @Nullable String preprocess;

        @Option(names = "--postprocess")
        private @Nullable String postprocess;

        @Option(names = "--labels")
        private @Nullable Path labels;
    }

    private ModelFilesMain() {}

    public static void main(String[] arguments) {
        try {
            run(arguments);
        } catch (UnusableModelException | ParameterException e) {
            System.err.println("fq: " + e.getMessage());
            System.exit(2);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("fq: " + e.getMessage());
            System.exit(1);
        }
    }

    static void run(String... arguments) throws IOException, UnusableModelException {
        CommandLineOptions options = new CommandLineOptions();
        new CommandLine(options).parseArgs(arguments);
        Path folder = options.folder;
        if (options.command.equals("list")) {
            list(options.file, System.out);
        } else if (options.command.equals("add") && folder != null) {
            add(options, folder);
        } else {
            inspect(options).lines().forEach(System.out::println);
        }
    }

    private static ModelInspection inspect(CommandLineOptions options) throws UnusableModelException {
        Optional<PictureSize> size =
                options.size == null ? Optional.empty() : Optional.of(PictureSize.parse(options.size));
        try {
            return ModelInspection.of(options.file, size);
        } catch (UnusableModelException e) {
            throw new UnusableModelException(options.file.getFileName() + ": " + e.getMessage());
        }
    }

    private static void add(CommandLineOptions options, Path folder) throws IOException, UnusableModelException {
        String name = String.valueOf(folder.getFileName());
        ModelInspection model = inspect(options);
        List<String> labels = options.labels == null ? model.labels() : labels(options.labels);
        String postprocess = postprocess(options.postprocess, model);
        String preprocess = preprocess(options.preprocess, postprocess, model);
        try {
            new RepositoryEntry(name, model, postprocess, preprocess, labels).write(folder);
        } catch (UnusableModelException e) {
            throw new UnusableModelException(options.file.getFileName() + ": " + e.getMessage());
        }
        model.lines().stream()
                .filter(line ->
                        !line.startsWith("missing") || labels.isEmpty() && line.contains(ModelInspection.LABELS))
                .filter(line -> options.postprocess == null || !line.startsWith("postprocess"))
                .filter(line -> options.preprocess == null || !line.startsWith("preprocess"))
                .filter(line -> options.labels == null || !line.startsWith("labels"))
                .forEach(System.err::println);
    }

    private static String postprocess(@Nullable String asked, ModelInspection model) throws UnusableModelException {
        if (asked != null && OutputFamily.named(asked).isEmpty()) {
            throw new UnusableModelException("--postprocess " + asked + ": give one of " + OutputFamily.all());
        }
        Predicate<String> answered = m -> asked != null && m.startsWith(ModelInspection.OUTPUTS);
        Optional<String> needed = model.missing().stream()
                .filter(m -> !m.startsWith(ModelInspection.LABELS))
                .filter(answered.negate())
                .findFirst();
        if (needed.isPresent()) {
            throw new UnusableModelException(model.file().getFileName() + " does not tell " + needed.get()
                    + " (fq model describe shows its inputs and outputs)");
        }
        return asked != null ? asked : model.family().orElseThrow().family().text();
    }

    private static String preprocess(@Nullable String asked, String postprocess, ModelInspection model)
            throws UnusableModelException {
        if (asked != null) {
            if (!PREPROCESS.matcher(asked).matches()) {
                throw new UnusableModelException("--preprocess " + asked + ": give FIT,COLOUR,RANGE, as in"
                        + " letterbox,bgr,0-255; fits are letterbox, stretch and native, colours bgr, rgb and gray, ranges"
                        + " 0-255, 0-1 and imagenet");
            }
            return asked;
        }
        return model.preprocess()
                .orElseGet(() ->
                        OutputFamily.named(postprocess).orElse(OutputFamily.RAW).preprocess());
    }

    private static List<String> labels(Path file) throws IOException, UnusableModelException {
        try {
            return Utf8Files.read(file)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (Utf8Files.NotUtf8 e) {
            throw new UnusableModelException("--labels " + e.reason());
        }
    }

    /** Prints for each entry: name, versions, postprocess, number of labels, bytes, and why its configuration cannot be read. */
    static void list(Path repository, PrintStream out) throws IOException {
        try (Stream<Path> children = Files.list(repository)) {
            for (Path folder : children.filter(Files::isDirectory)
                    .filter(f -> !String.valueOf(f.getFileName()).startsWith("."))
                    .sorted()
                    .toList()) {
                String name = String.valueOf(folder.getFileName());
                String postprocess = "";
                String reason = "";
                long labels = 0;
                String versions = "";
                try {
                    ModelConfig config = LabelsParameter.addTo(ConfigFile.read(name, folder), folder);
                    postprocess = ModelParameters.text(config, "framequota.postprocess");
                    String joined = ModelParameters.text(config, "framequota.labels");
                    labels = joined.isEmpty() ? 0 : joined.split(",").length;
                    versions = String.join(
                            ",",
                            ModelVersions.in(folder).stream()
                                    .map(String::valueOf)
                                    .toList());
                } catch (RefusedException e) {
                    reason = e.reason();
                }
                out.println(String.join(
                        "\t",
                        name,
                        versions,
                        postprocess,
                        Long.toString(labels),
                        Long.toString(bytes(folder)),
                        reason));
            }
        }
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
    }
}
