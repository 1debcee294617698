package io.framequota.media.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A box of an MP4 file in memory.
 *
 * @param type four characters
 * @param content without the box's header; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
record Mp4Box(String type, byte[] content) {
    private static final int HEADER = 8;

    /** A box with other boxes as its content. */
    static Mp4Box of(String type, List<Mp4Box> children) {
        return new Mp4Box(type, bytes(new byte[0], children));
    }

    /** A box whose content begins with version and flags, both 0. */
    static Mp4Box full(String type, byte[] content) {
        return new Mp4Box(
                type,
                ByteBuffer.allocate(4 + content.length).putInt(0).put(content).array());
    }

    boolean is(String name) {
        return type.equals(name);
    }

    /**
     * The boxes in this one.
     *
     * @param from first byte of the first one
     * @throws IOException when the content is no sequence of boxes
     */
    List<Mp4Box> children(int from) throws IOException {
        List<Mp4Box> children = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(content).position(Math.min(from, content.length));
        // A lone zero ends the boxes of a QuickTime file.
        while (in.remaining() >= HEADER) {
            int start = in.position();
            long size = Integer.toUnsignedLong(in.getInt());
            String name = type(in);
            if (size == 1) {
                size = in.remaining() < 8 ? 0 : in.getLong();
            } else if (size == 0) {
                size = content.length - start;
            }
            int header = in.position() - start;
            if (size < header || size > content.length - start) {
                throw new IOException("box " + name + " in box " + type + " has a wrong size");
            }
            byte[] inner = new byte[(int) size - header];
            in.get(inner);
            children.add(new Mp4Box(name, inner));
        }
        return children;
    }

    static String type(ByteBuffer in) {
        byte[] name = new byte[4];
        in.get(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    /** The same box with its children changed. */
    Mp4Box map(int from, UnaryOperator<List<Mp4Box>> change) throws IOException {
        byte[] head = Arrays.copyOf(content, Math.min(from, content.length));
        return new Mp4Box(type, bytes(head, change.apply(children(from))));
    }

    private static byte[] bytes(byte[] head, List<Mp4Box> boxes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        boxes.forEach(box -> out.writeBytes(box.bytes()));
        return out.toByteArray();
    }

    /** The box with its header. */
    byte[] bytes() {
        return ByteBuffer.allocate(HEADER + content.length)
                .putInt(HEADER + content.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
    }
}
