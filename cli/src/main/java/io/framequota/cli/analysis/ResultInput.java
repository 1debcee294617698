package io.framequota.cli.analysis;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.result.InvalidResultException;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.result.ResultReader;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A result named on the command line. It is read more than once, so that a pipe is copied to a temporary file first. */
public final class ResultInput implements AutoCloseable {
    private final String text;
    private final Path path;
    private final boolean temporary;

    private ResultInput(String text, Path path, boolean temporary) {
        this.text = text;
        this.path = path;
        this.temporary = temporary;
    }

    /**
     * Opens it.
     *
     * @param text as the user wrote it; {@code -} is standard input
     * @throws Failure wrong use if there is no such file
     */
    public static ResultInput open(Terminal terminal, String text) throws IOException {
        Path path = terminal.source(text);
        if (Files.isDirectory(path)) {
            throw Failure.use(text + ": this is a folder; give the file of one result");
        }
        if (!Files.isReadable(path)) {
            throw Failure.use(
                    text + ": " + (Files.exists(path) ? "no permission to read this file" : "there is no such file"));
        }
        if (Files.isRegularFile(path)) {
            return new ResultInput(text, path, false);
        }
        try (InputStream in = Files.newInputStream(path)) {
            return copyOf(in, text);
        }
    }

    /** The content of a stream, which is copied to a temporary file. */
    public static ResultInput copyOf(InputStream in, String text) throws IOException {
        Path copy = Files.createTempFile("fq-result-", ".jsonl");
        try {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            Files.delete(copy);
            throw e;
        }
        return new ResultInput(text, copy, true);
    }

    String text() {
        return text;
    }

    Path path() {
        return path;
    }

    InputStream bytes() throws IOException {
        return Files.newInputStream(path);
    }

    /** Reads all of it, line by line. */
    void each(LineConsumer consumer) throws IOException {
        try (ResultReader reader = new ResultReader(bytes(), text)) {
            boolean frames = false;
            boolean lines = false;
            for (ResultReader.Line line = reader.next(); line != null; line = reader.next()) {
                frames |= line instanceof ResultReader.Frame;
                lines = true;
                consumer.accept(line);
            }
            if (lines && !frames) {
                throw Failure.use(
                        text + ": no line has \"frame\", so this is not a result; give one as fq results writes it"
                                + " (format jsonl)");
            }
        } catch (InvalidResultException e) {
            throw Failure.use(String.valueOf(e.getMessage()));
        }
    }

    /** What was found, by frame as its own camera counts it; frames that failed are left out. */
    Map<FrameKey, List<DetectedObject>> objects() throws IOException {
        return objects(ResultFrame::recordedKey);
    }

    /** The same by the frame's index in the result, whatever the stream. */
    Map<FrameKey, List<DetectedObject>> objectsByIndex() throws IOException {
        return objects(f -> new FrameKey("", f.json().path("frame").asLong()));
    }

    private Map<FrameKey, List<DetectedObject>> objects(Function<ResultFrame, FrameKey> key) throws IOException {
        Map<FrameKey, List<DetectedObject>> frames = new HashMap<>();
        each(line -> {
            if (line instanceof ResultReader.Frame(var frame) && !frame.failed()) {
                frames.put(key.apply(frame), frame.objects());
            }
        });
        return frames;
    }

    /** Takes a line. */
    interface LineConsumer {
        void accept(ResultReader.Line line) throws IOException;
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            Files.deleteIfExists(path);
        }
    }
}
