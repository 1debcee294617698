package io.framequota.media.live.ffmpeg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tags of an FLV file, to change them as encoders and networks do. */
final class FlvFile {
    static final int AUDIO = 8;
    static final int VIDEO = 9;

    /** @param time in milliseconds, of which 32 bits are written */
    record Tag(int type, long time, byte[] body) {
        Tag at(long other) {
            return new Tag(type, other, body);
        }

        boolean isKey() {
            return type == VIDEO && (body[0] >> 4 & 7) == 1 && !isConfiguration();
        }

        boolean isConfiguration() {
            return type == VIDEO && ((body[0] & 0x80) == 0 ? body[1] == 0 : (body[0] & 0xF) == 0);
        }

        boolean isPicture() {
            return type == VIDEO && !isConfiguration() && body.length > 5;
        }
    }

    private FlvFile() {}

    static List<Tag> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
        in.position(13);
        List<Tag> tags = new ArrayList<>();
        while (in.remaining() >= 11) {
            int type = in.get() & 0x1F;
            int length = number(in, 3);
            long time = number(in, 3) | (in.get() & 0xFFL) << 24;
            number(in, 3);
            byte[] body = new byte[length];
            in.get(body);
            in.getInt();
            tags.add(new Tag(type, time, body));
        }
        return tags;
    }

    private static int number(ByteBuffer in, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.get() & 0xFF;
        }
        return value;
    }

    static byte[] header() {
        return new byte[] {'F', 'L', 'V', 1, 1, 0, 0, 0, 9, 0, 0, 0, 0};
    }

    static byte[] bytes(Tag tag) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag.type());
        put(out, tag.body().length, 3);
        put(out, tag.time(), 3);
        put(out, tag.time() >> 24, 1);
        put(out, 0, 3);
        out.writeBytes(tag.body());
        put(out, tag.body().length + 11, 4);
        return out.toByteArray();
    }

    static byte[] bytes(List<Tag> tags) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            out.write(header());
            for (Tag tag : tags) {
                out.write(bytes(tag));
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (value >> 8 * i));
        }
    }
}
