package io.framequota.cli.convert;

import io.framequota.cli.options.ProjectionOption;
import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq convert360}: runs the program that converts, shows its progress and keeps what it has written. */
@Command(
        name = "convert360",
        description =
                "Convert a 360° video to another projection, or look into one direction of it. Players recognise the result:"
                        + " equirect and cubemap get spherical metadata, versions 1 and 2. Sound is kept.",
        footer = {
            "",
            "If the projection stays the same, the pictures are copied and only the metadata is written.",
            "",
            "Examples:",
            "  fq convert360 youtube.webm around.mp4 --projection eac --to equirect",
            "  fq convert360 around.mp4 left.mp4 --to flat --yaw -90 --fov 75"
        })
public final class Convert360Command implements Callable<Integer> {
    private static final List<String> TARGETS = List.of("equirect", "cubemap", "eac", "flat");
    private static final String LIBRARIES = "ingest-service/target/quarkus-app/lib/main";
    private static final String PROGRAM = "io.framequota.media.convert.Convert360";
    private static final int MOST_PITCH = 90;
    private static final int MOST_YAW = 360;

    private final Terminal terminal;
    private final Installation installation;

    @Parameters(index = "0", paramLabel = "IN", description = "A 360° video.")
    private String in = "";

    @Parameters(index = "1", paramLabel = "OUT", description = "The MP4 file to write.")
    private String out = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PROJECTION",
            description = "equirect, cubemap (3x2), eac (YouTube's equi-angular cubemap), or flat: an ordinary video.")
    private String to = "";

    @Mixin
    private ProjectionOption projection = new ProjectionOption();

    @Option(
            names = "--yaw",
            paramLabel = "DEGREES",
            description = "What comes into the middle, to the right of the old one (default: ${DEFAULT-VALUE}).")
    private double yaw;

    @Option(
            names = "--pitch",
            paramLabel = "DEGREES",
            description = "What comes into the middle, above the horizon (default: ${DEFAULT-VALUE}).")
    private double pitch;

    @Option(
            names = "--fov",
            paramLabel = "DEGREES",
            description = "Horizontal field of view of flat pictures (default: ${DEFAULT-VALUE}).")
    private double fov = 90;

    public Convert360Command(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Path source = terminal.resolve(in);
        if (!Files.isReadable(source) || Files.isDirectory(source)) {
            throw Failure.use(in + " cannot be read: give a video file");
        }
        Path target = terminal.resolve(out);
        FileArgument.refuseOverwriting(List.of(new FileArgument(in, source)), List.of(new FileArgument(out, target)));
        OutputFile.obstacle(target).ifPresent(words -> {
            throw Failure.use(words);
        });
        installation.require("ingest-service/target/quarkus-app/quarkus-run.jar");
        try (OutputFile output = OutputFile.open(target)) {
            int code = convert(source, output.file());
            if (code == Failure.DONE) {
                output.keep();
                terminal.say(out + ": " + to + " in " + Files.size(target) / 1024 + " KiB"
                        + (to.equals("eac")
                                ? "; no metadata says eac, so give --projection eac where it is read"
                                : ""));
            }
            return code;
        }
    }

    private void check() {
        if (!out.toLowerCase(Locale.ROOT).matches(".*\\.(mp4|m4v|mov)")) {
            throw Failure.use(out + ": the new video is an MP4 file; give a name that ends in .mp4");
        }
        if (!TARGETS.contains(to)) {
            throw Failure.use("--to " + to + ": give " + String.join(", ", TARGETS));
        }
        require(Math.abs(yaw) <= MOST_YAW, "--yaw", yaw, "-360 to 360");
        require(Math.abs(pitch) <= MOST_PITCH, "--pitch", pitch, "-90 to 90");
        require(fov >= 10 && fov <= 150, "--fov", fov, "10 to 150");
    }

    private static void require(boolean right, String option, double value, String allowed) {
        if (!right) {
            throw Failure.use(option + " " + value + ": give " + allowed);
        }
    }

    /** Runs the program; its arguments are relative to nothing, and its class path is not in its command line. */
    private int convert(Path source, Path part) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("convert360", ".txt");
        ProcessBuilder builder = new ProcessBuilder(
                        installation.java().toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseParallelGC",
                        "-Xmx1g",
                        "-Dorg.bytedeco.javacpp.cachedir="
                                + installation.cache().resolve("javacpp"),
                        PROGRAM,
                        source.toString(),
                        part.toString(),
                        projection.checked(),
                        to,
                        Double.toString(yaw),
                        Double.toString(pitch),
                        Double.toString(fov))
                .redirectError(errors.toFile());
        builder.environment()
                .put(
                        "CLASSPATH",
                        installation.root().resolve(LIBRARIES).resolve("*").toString());
        Process process = builder.start();
        Thread progress = Thread.ofVirtual().name("convert360-progress").start(() -> follow(process));
        try {
            int code = process.waitFor();
            progress.join();
            if (code != Failure.DONE) {
                terminal.say(reason(errors));
            }
            return code == Failure.DONE || code == Failure.WRONG_USE ? code : Failure.WORK_FAILED;
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
            Files.deleteIfExists(errors);
        }
    }

    private String reason(Path errors) throws IOException {
        return Files.readString(errors, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                // Java may have said something of its own before.
                .reduce((before, last) -> last)
                .orElse("the conversion of " + in + " ended without a reason");
    }

    /** Shows lines of the form {@code FRAME EXPECTED} as progress until the program closes its output. */
    private void follow(Process process) {
        long began = System.nanoTime();
        long interval = (terminal.interactive() ? 400 : 2000) * 1_000_000L;
        long shown = began;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long now = System.nanoTime();
                String[] words = line.split(" ");
                if (now - shown >= interval && words.length == 2 && words[0].matches("[0-9]+")) {
                    shown = now;
                    terminal.progress(Formatting.progress(
                            in,
                            Long.parseLong(words[0]),
                            0,
                            Long.parseLong(words[1]),
                            Duration.ofNanos(now - began),
                            "converting"));
                }
            }
        } catch (IOException e) {
            // The program was ended; its exit code says how.
        }
    }
}
