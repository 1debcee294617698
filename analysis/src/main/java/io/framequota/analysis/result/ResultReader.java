package io.framequota.analysis.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a result line by line: JSON lines, plain or as gzip members. Lines that are not about a frame, such as gaps of a live
 * stream, are handed over as they are. For one thread.
 */
public final class ResultReader implements AutoCloseable {
    private static final int GZIP_MAGIC = 0x1f8b;

    /** Most characters of a line: a line with more is no line of a result. */
    private static final int MOST_CHARACTERS = 32 * 1024 * 1024;

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final ObjectReader LINES = JSON.reader();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(100).build());
    }

    /** A line of the file. */
    public sealed interface Line {}

    /** A line about a frame. */
    public record Frame(ResultFrame frame) implements Line {}

    /** Any other line. */
    public record Other(ObjectNode json) implements Line {}

    private final BufferedReader reader;
    private final String name;
    private long number;

    /**
     * Opens a result.
     *
     * @param in is closed with the reader
     * @param name of the file, for messages
     */
    public ResultReader(InputStream in, String name) throws IOException, InvalidResultException {
        this.name = name;
        BufferedInputStream bytes = new BufferedInputStream(in, 1 << 16);
        bytes.mark(2);
        int magic = bytes.read() << 8 | bytes.read();
        bytes.reset();
        try {
            this.reader = new BufferedReader(
                    new InputStreamReader(
                            magic == GZIP_MAGIC ? new GZIPInputStream(bytes, 1 << 16) : bytes, StandardCharsets.UTF_8),
                    1 << 16);
        } catch (ZipException | EOFException e) {
            throw new InvalidResultException(name + ": the gzip data are damaged");
        }
    }

    /**
     * The next line, null after the last one.
     *
     * @throws InvalidResultException if it is not a line of a result
     */
    public @Nullable Line next() throws IOException, InvalidResultException {
        String text = line();
        while (text != null && text.isBlank()) {
            text = line();
        }
        if (text == null) {
            return null;
        }
        String place = name + ", line " + number;
        JsonNode json;
        try {
            json = LINES.readTree(text);
        } catch (JsonProcessingException e) {
            throw new InvalidResultException(
                    place + ": this is not a JSON object; expected a result as fq results writes it");
        }
        if (!(json instanceof ObjectNode object)) {
            throw new InvalidResultException(place + ": expected one JSON object a line, as fq results writes it");
        }
        return object.has("frame") ? new Frame(ResultFrame.of(object, place)) : new Other(object);
    }

    private @Nullable String line() throws IOException, InvalidResultException {
        StringBuilder text = new StringBuilder();
        number++;
        try {
            int c = reader.read();
            if (c < 0) {
                return null;
            }
            while (c >= 0 && c != '\n') {
                if (text.length() == MOST_CHARACTERS) {
                    throw new InvalidResultException(
                            name + ", line " + number + ": longer than " + MOST_CHARACTERS + " characters");
                }
                text.append((char) c);
                c = reader.read();
            }
            return text.toString();
        } catch (ZipException | EOFException e) {
            throw new InvalidResultException(
                    name + ", after line " + (number - 1) + ": the gzip data end early or are damaged");
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
