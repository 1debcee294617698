package io.framequota.contract.frame;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record of packets, in the form of {@link FrameMeta}'s. The record's value is a
 * {@link io.framequota.contract.control.PacketBatch}.
 *
 * @param job id of the packets' job
 * @param chunk index of their chunk within the job
 * @param sequence of the record within the chunk: 0, 1, 2, ... A record that arrives a second time has the number of the first
 */
public record PacketMeta(String job, int chunk, int sequence) {
    /** The CloudEvents type of a record of packets. */
    public static final String TYPE = "io.framequota.packets.v1";

    /** The headers by name, in a stable order. */
    public Map<String, byte[]> toHeaders() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", bytes("1.0"));
        headers.put("ce_type", bytes(TYPE));
        headers.put("ce_source", bytes("/jobs/" + job));
        headers.put("ce_id", bytes(job + "/" + chunk + "/" + sequence));
        headers.put("content-type", bytes("application/protobuf"));
        headers.put("ce_chunk", bytes(Integer.toString(chunk)));
        return headers;
    }

    /** Whether headers are those of a record of packets. */
    public static boolean describes(Function<String, byte @Nullable []> header) {
        byte[] type = header.apply("ce_type");
        return type != null && TYPE.equals(new String(type, StandardCharsets.UTF_8));
    }

    /**
     * Parses the headers of a record of packets.
     *
     * @param header returns the value of a header by name, null when the record does not have it
     * @throws IllegalArgumentException when they are missing or malformed
     */
    public static PacketMeta fromHeaders(Function<String, byte @Nullable []> header) {
        byte[] id = header.apply("ce_id");
        String[] parts = id == null ? new String[0] : new String(id, StandardCharsets.UTF_8).split("/");
        if (!describes(header) || parts.length != 3) {
            throw new IllegalArgumentException("not a record of packets, or its ce_id is malformed");
        }
        return new PacketMeta(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
