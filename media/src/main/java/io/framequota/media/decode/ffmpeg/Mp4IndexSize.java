package io.framequota.media.decode.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Estimates the memory for the index of an MP4 (MOV, HEIF) file without expanding it: a few bytes of such a file can state millions of
 * samples. Reads the heads of boxes and the tables of runs in a bounded buffer, and descends into every box into which FFmpeg
 * descends, wherever the box is.
 */
final class Mp4IndexSize {
    /** Bytes that FFmpeg keeps for a sample: its index entry, twice while edits are applied, its times and its size. */
    private static final long BYTES_PER_SAMPLE = 72;

    private static final long BYTES_PER_TRACK = 64 * 1024;
    /** FFmpeg indexes uncompressed sound in runs of so many samples. */
    private static final int SOUND_RUN = 512;

    private static final int DEEPEST = 12;
    /** Sample descriptions have some hundred bytes; bytes beyond this are no description. */
    private static final int MAX_DESCRIPTION_BYTES = 16 << 20;

    /** {@code hdlr}. */
    private static final int HANDLER = 0x68646C72;

    private final FileChannel file;
    private final SourceLimits limits;
    private final String name;
    private final ByteBuffer head = ByteBuffer.allocate(16);
    private final ByteBuffer table = ByteBuffer.allocate(32 * 1024);
    private long samples;
    private int tracks;
    private long fragments;
    private long entries;
    /** Depth of boxes of tags around the current box. */
    private int tagDepth;

    private Track track = new Track();

    /** The counts of one track so far. */
    private static final class Track {
        boolean sound;
        boolean oneTickEach;
        long stated;
        long timed;
        long chunks;
        long inChunks;
        long edits;

        long entries() {
            // Sound is indexed in runs. Of the other numbers the largest counts, since FFmpeg may expand each.
            long all = sound && oneTickEach
                    ? saturated(inChunks / SOUND_RUN + chunks)
                    : Math.max(Math.max(stated, timed), chunks);
            return all > Long.MAX_VALUE / Math.max(1, edits) ? Long.MAX_VALUE : all * Math.max(1, edits);
        }
    }

    private Mp4IndexSize(FileChannel file, SourceLimits limits, String name) {
        this.file = file;
        this.limits = limits;
        this.name = name;
    }

    /**
     * Estimates the native bytes of the file's index.
     *
     * @throws SourceException when it has more tracks, samples or tags than the limits allow
     */
    static long bytes(Path video, SourceLimits limits) throws SourceException, IOException {
        try (FileChannel file = FileChannel.open(video, StandardOpenOption.READ)) {
            Mp4IndexSize index = new Mp4IndexSize(file, limits, String.valueOf(video.getFileName()));
            index.boxes(0, file.size(), 0);
            // FFmpeg keeps an entry of each fragment for each track.
            index.add(saturated(index.fragments * index.tracks));
            return index.samples * BYTES_PER_SAMPLE + index.tracks * BYTES_PER_TRACK;
        }
    }

    private void boxes(long from, long to, int depth) throws IOException, SourceException {
        long at = from;
        while (at + 8 <= to && depth < DEEPEST) {
            read(head, at, (int) Math.min(16, to - at));
            long size = Integer.toUnsignedLong(head.getInt(0));
            String type = type(head, 4);
            long body = at + 8;
            if (size == 1 && head.limit() == 16) {
                size = head.getLong(8);
                body = at + 16;
            } else if (size == 0) {
                size = to - at;
            }
            if (size < body - at) {
                return;
            }
            long end = size > to - at ? to : at + size;
            if (tagDepth > 0) {
                entries(1);
            }
            box(type, body, end, depth);
            at = end;
        }
    }

    private void box(String type, long body, long end, int depth) throws IOException, SourceException {
        switch (type) {
            case "trak" -> {
                tracks++;
                limits.checkTracks(name, tracks);
                Track outer = track;
                Track own = new Track();
                track = own;
                boxes(body, end, depth + 1);
                track = outer;
                add(own.entries());
            }
            case "moov", "mdia", "minf", "stbl", "edts", "traf", "mvex", "dinf", "tref", "wave", "sinf", "schi" ->
                boxes(body, end, depth + 1);
            case "moof" -> {
                fragments++;
                boxes(body, end, depth + 1);
            }
            case "sidx" -> fragments += segments(body, end);
            case "udta", "ilst" -> tags(body, end, depth + 1);
            case "meta" -> boxes(handlerAt(body, end), end, depth + 1);
            case "free", "hoov" -> {
                // Some programs leave the index in a box named free, where FFmpeg finds it.
                String first = end - body >= 8 ? text(body + 4) : "";
                if (first.equals("mvhd") || first.equals("cmov")) {
                    boxes(body, end, depth + 1);
                }
            }
            case "stsd", "iprp" -> within(body, end, depth + 1);
            case "cmov" ->
                throw SourceException.permanent(
                        name + " has a compressed index (cmov), which is not supported; convert it, "
                                + "for example with ffmpeg -i OLD.mov -c copy NEW.mp4");
            case "keys" -> entries(number(body + 4, end));
            case "HMMT" -> entries(number(body, end));
            // Up to 255 chapters.
            case "chpl" -> entries(255);
            case "pssh" -> entries(1);
            // Items of a still picture: FFmpeg allocates as many as are stated.
            case "iinf" -> add(items(body, body + 4, end, 0));
            case "iloc" -> add(items(body, body + 6, end, 1));
            case "hdlr" -> track.sound = end - body >= 12 && "soun".equals(text(body + 8));
            case "stsz", "stz2" -> track.stated = Math.max(track.stated, number(body + 8, end));
            case "stts" -> times(body, end, true);
            case "ctts" -> times(body, end, false);
            case "stco", "co64" -> track.chunks = Math.max(track.chunks, number(body + 4, end));
            case "stsc" -> chunks(body, end);
            case "elst" -> edits(body, end);
            case "trun" -> add(number(body + 4, end));
            default -> {
                // Takes no more memory than the box itself.
            }
        }
    }

    private void times(long body, long end, boolean durations) throws IOException {
        long entries = rows(body, end, 8);
        long[] all = {0};
        long[] last = {0};
        each(body + 8, entries, 8, row -> {
            all[0] = saturated(all[0] + Integer.toUnsignedLong(table.getInt(row)));
            last[0] = Integer.toUnsignedLong(table.getInt(row + 4));
        });
        track.timed = Math.max(track.timed, all[0]);
        if (durations) {
            track.oneTickEach = entries == 1 && last[0] == 1;
        }
    }

    private void chunks(long body, long end) throws IOException {
        long entries = rows(body, end, 12);
        long[] first = {0};
        long[] each = {0};
        long[] all = {0};
        each(body + 8, entries, 12, row -> {
            long next = Integer.toUnsignedLong(table.getInt(row));
            all[0] = saturated(all[0] + Math.max(0, next - first[0]) * each[0]);
            first[0] = next;
            each[0] = Integer.toUnsignedLong(table.getInt(row + 4));
        });
        // The length of the last run follows from another box, which may come later: it has one chunk at least.
        track.inChunks =
                Math.max(track.inChunks, saturated(all[0] + each[0] * Math.max(1, track.chunks - first[0] + 1)));
    }

    private void edits(long body, long end) throws IOException {
        read(head, body, (int) Math.min(8, end - body));
        boolean wide = head.limit() == 8 && head.get(0) == 1;
        int width = wide ? 20 : 12;
        long[] used = {0};
        each(body + 8, rows(body, end, width), width, row -> {
            boolean empty = wide ? table.getLong(row + 8) == -1 : table.getInt(row + 4) == -1;
            used[0] += empty ? 0 : 1;
        });
        track.edits = used[0];
    }

    private void add(long entries) throws SourceException {
        samples = saturated(samples + entries);
        limits.checkSamples(name, samples);
    }

    private void entries(long more) throws SourceException {
        entries = saturated(entries + more);
        limits.checkEntries(name, entries);
    }

    /** Counts boxes of which each is a tag. */
    private void tags(long body, long end, int depth) throws IOException, SourceException {
        tagDepth++;
        boxes(body, end, depth);
        tagDepth--;
    }

    /** Position of the handler box, in front of which some files have a version; FFmpeg searches it in the same way. */
    private long handlerAt(long body, long end) throws IOException {
        for (long at = body; at + 8 <= end; at += table.limit() - 4) {
            read(table, at, (int) Math.min(table.capacity(), end - at) & -4);
            for (int i = 4; i + 4 <= table.limit(); i += 4) {
                if (table.getInt(i) == HANDLER) {
                    return at + i - 4;
                }
            }
        }
        return end;
    }

    /** Searches bytes in which only FFmpeg knows where boxes begin: whatever looks like a table counts as one. */
    private void within(long body, long end, int depth) throws IOException, SourceException {
        byte[] bytes = new byte[(int) Math.min(end - body, MAX_DESCRIPTION_BYTES)];
        ByteBuffer into = ByteBuffer.wrap(bytes);
        while (into.hasRemaining() && file.read(into, body + into.position()) >= 0) {
            // Read until the buffer is full or the file ends.
        }
        for (int at = 4; at + 4 <= into.position(); at++) {
            if (bytes[at] < 'a' || bytes[at] > 'u') {
                continue;
            }
            String type = type(into, at);
            switch (type) {
                case "stsz",
                        "stz2",
                        "stts",
                        "ctts",
                        "stco",
                        "co64",
                        "stsc",
                        "elst",
                        "trun",
                        "cmov",
                        "keys",
                        "iinf",
                        "iloc",
                        "udta",
                        "ilst" -> box(type, body + at + 4, end, depth);
                default -> {
                    // Not a table.
                }
            }
        }
    }

    /** A count that has two bytes, or four in versions above {@code lastNarrow}. */
    private long items(long body, long at, long end, int lastNarrow) throws IOException {
        long version = number(body, end) >>> 24;
        long items = number(at, end);
        return version > lastNarrow ? items : items >>> 16;
    }

    private long segments(long body, long end) throws IOException {
        read(head, body, (int) Math.min(1, end - body));
        boolean wide = head.limit() == 1 && head.get(0) != 0;
        // Two numbers of 4 bytes, two of 4 or 8, two reserved bytes.
        long count = number(body + (wide ? 28 : 20), end);
        return count & 0xFFFF;
    }

    /** Rows that a table states, at most those that fit into its box. */
    private long rows(long body, long end, int width) throws IOException {
        return Math.min(number(body + 4, end), Math.max(0, end - body - 8) / width);
    }

    private interface Row {
        void at(int offset);
    }

    private void each(long from, long rows, int width, Row row) throws IOException {
        int most = table.capacity() / width;
        for (long done = 0; done < rows; done += most) {
            int now = (int) Math.min(most, rows - done);
            read(table, from + done * width, now * width);
            for (int i = 0; (i + 1) * width <= table.limit(); i++) {
                row.at(i * width);
            }
        }
    }

    private long number(long at, long end) throws IOException {
        if (at + 4 > end) {
            return 0;
        }
        read(head, at, 4);
        return head.limit() < 4 ? 0 : Integer.toUnsignedLong(head.getInt(0));
    }

    private String text(long at) throws IOException {
        read(head, at, 4);
        return head.limit() < 4 ? "" : type(head, 0);
    }

    private void read(ByteBuffer into, long at, int bytes) throws IOException {
        into.clear().limit(bytes).order(ByteOrder.BIG_ENDIAN);
        while (into.hasRemaining()) {
            if (file.read(into, at + into.position()) < 0) {
                break;
            }
        }
        into.flip();
        if (into.limit() < Math.min(8, bytes)) {
            throw new EOFException("the file has become shorter");
        }
    }

    private static String type(ByteBuffer buffer, int at) {
        byte[] four = new byte[4];
        buffer.get(at, four);
        return new String(four, StandardCharsets.ISO_8859_1);
    }

    private static long saturated(long sum) {
        return sum < 0 || sum > Long.MAX_VALUE / 4 ? Long.MAX_VALUE / 4 : sum;
    }
}
