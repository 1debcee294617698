package io.framequota.media.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.javacpp.Loader;

/** Runs the ffmpeg and ffprobe programs, which are in the same archive as the libraries, to make and inspect test videos. */
public final class Ffmpeg {
    private static final String INSIDE = "/org/bytedeco/ffmpeg/linux-x86_64/";
    private static final Path FOLDER = folder();

    private Ffmpeg() {}

    /** Runs {@code ffmpeg -y ARGUMENTS... FILE}; arguments are separated by blanks. */
    public static Path make(Path file, String arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(FOLDER.resolve("ffmpeg").toString(), "-v", "error", "-nostdin", "-y"));
        command.addAll(List.of(arguments.split(" ")));
        command.add(file.toString());
        run(command);
        return file;
    }

    /** Starts {@code ffmpeg ARGUMENTS...}, separated by blanks, which the caller ends; what it says goes to a file. */
    public static Process start(Path log, String arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(FOLDER.resolve("ffmpeg").toString(), "-v", "warning", "-nostdin", "-y"));
        command.addAll(List.of(arguments.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LD_LIBRARY_PATH", FOLDER.toString());
        return builder.start();
    }

    /** Times of every frame as ffprobe prints them, in seconds; "N/A" where there is none. */
    public static List<String> times(Path file) throws IOException, InterruptedException {
        return probe("-show_entries", "frame=best_effort_timestamp_time", file)
                .filter(line -> line.matches("-?[0-9.]+|N/A"))
                .toList();
    }

    /** Number of frames that {@code ffprobe -count_frames} counts. */
    public static long count(Path file) throws IOException, InterruptedException {
        return probe("-count_frames", "stream=nb_read_frames", file)
                .filter(line -> line.matches("[0-9]+"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /** Entries of the video stream as ffprobe prints them, separated by commas, in the order of ffprobe. */
    public static List<String> stream(Path file, String entries) throws IOException, InterruptedException {
        return probe("-show_entries", "stream=" + entries, file)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The pixels of every frame as the ffmpeg program converts them, three bytes each, without padding. */
    public static byte[] pixels(Path file, String order) throws IOException, InterruptedException {
        return pixels(file, order, "");
    }

    /** The same with more options of the scale filter, each after a colon. */
    public static byte[] pixels(Path file, String order, String options) throws IOException, InterruptedException {
        Path raw = Files.createTempFile("ffmpeg", ".raw");
        try {
            make(raw, "-i " + file + " -vf scale=flags=bicubic" + options + ",format=" + order + " -f rawvideo");
            return Files.readAllBytes(raw);
        } finally {
            Files.delete(raw);
        }
    }

    private static java.util.stream.Stream<String> probe(String what, String entries, Path file)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(FOLDER.resolve("ffprobe").toString(), "-v", "quiet", "-select_streams", "v:0"));
        command.add(what);
        if (!what.equals("-show_entries")) {
            command.add("-show_entries");
        }
        command.addAll(List.of(entries, "-of", "default=nw=1:nk=1", file.toString()));
        return run(command).lines().map(String::strip);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        File errors = Files.createTempFile("ffmpeg", ".err").toFile();
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
            builder.environment().put("LD_LIBRARY_PATH", FOLDER.toString());
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(
                        "failed: " + String.join(" ", command) + "\n" + Files.readString(errors.toPath()));
            }
            return out;
        } finally {
            Files.delete(errors.toPath());
        }
    }

    private static Path folder() {
        try {
            Loader.load(avfilter.class);
            Path folder = null;
            for (String name : List.of("libavdevice.so.62", "ffmpeg", "ffprobe")) {
                File file = Loader.cacheResource(INSIDE + name);
                file.setExecutable(true);
                folder = file.toPath().getParent();
            }
            // The programs are linked against PulseAudio, which many machines lack and no test calls. Any other library
            // can take its place.
            Path programs = Files.createDirectories(Path.of("target", "ffmpeg-programs"))
                    .toAbsolutePath();
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    link(programs.resolve(file.getFileName()), file);
                }
            }
            link(programs.resolve("libpulse.so.0"), folder.resolve("libva-drm.so.2"));
            return programs;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void link(Path link, Path to) throws IOException {
        Path fresh = Files.createTempFile(link.getParent(), "link", "");
        Files.delete(fresh);
        Files.createSymbolicLink(fresh, to);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
