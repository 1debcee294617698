package io.framequota.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/** Makes small videos with the ffmpeg program, so that no test data has to lie in the project. */
final class Videos {
    /** A moving test picture of a size and a number of frames at 10 per second. */
    static Path moving(Path file, int width, int height, int frames, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "-f", "lavfi", "-i", "testsrc2=size=" + width + "x" + height + ":rate=10", "-frames:v", "" + frames));
        arguments.addAll(List.of(options));
        return ffmpeg(file, arguments);
    }

    /** Runs ffmpeg with arguments and the output file behind them. */
    static Path ffmpeg(Path file, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Loader.load(ffmpeg.class), "-v", "error", "-y"));
        command.addAll(arguments);
        command.add(file.toString());
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("ffmpeg ended with " + process.exitValue() + ": " + command);
            }
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Videos() {}
}
