package io.framequota.media.decode.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Estimates the memory for index and metadata of a Matroska (WebM) file. FFmpeg expands an empty tag of three bytes to a hundred, and
 * an empty track of two bytes to a thousand. Reads what FFmpeg reads to open the file: everything in front of the first cluster, and
 * what the seek heads point to. Behind an invalid element it looks for the next valid one, as FFmpeg does.
 */
final class MatroskaIndexSize {
    private static final int CLUSTER = 0x1F43B675;
    private static final int SEEK_HEAD = 0x114D9B74;
    private static final int INFO = 0x1549A966;
    private static final int TRACKS = 0x1654AE6B;
    private static final int CUES = 0x1C53BB6B;
    private static final int TAGS = 0x1254C367;
    private static final int CHAPTERS = 0x1043A770;
    private static final int ATTACHMENTS = 0x1941A469;
    private static final int EBML = 0x1A45DFA3;
    private static final int SEGMENT = 0x18538067;
    private static final int SEEK_POSITION = 0x53AC;

    private static final long BYTES_PER_CUE = 72;
    private static final long BYTES_PER_TRACK = 64 * 1024;
    private static final long BYTES_PER_ENTRY = 1024;
    private static final int DEEPEST = 20;

    private final FileChannel file;
    private final long size;
    private final SourceLimits limits;
    private final String name;
    private final ByteBuffer window = ByteBuffer.allocate(64 * 1024).limit(0);
    private final Set<Long> visited = new HashSet<>();
    private final Deque<Long> seekTargets = new ArrayDeque<>();
    private long windowAt;
    private long segment;
    private long elements;
    private long cues;
    private long tracks;
    private long entries;
    /** Bytes of lists that FFmpeg keeps unchanged, such as attached files and texts. */
    private long kept;

    // The element that was read last, with the positions of its body and its end.
    private int id;
    private long body;
    private long end;

    private MatroskaIndexSize(FileChannel file, SourceLimits limits, String name) throws IOException {
        this.file = file;
        this.size = file.size();
        this.limits = limits;
        this.name = name;
    }

    /**
     * Estimates the native bytes of the file's index and lists.
     *
     * @throws SourceException when it has more tracks, cues, or tags, chapters and attachments than the limits allow
     */
    static long bytes(Path video, SourceLimits limits) throws SourceException, IOException {
        try (FileChannel file = FileChannel.open(video, StandardOpenOption.READ)) {
            MatroskaIndexSize index = new MatroskaIndexSize(file, limits, String.valueOf(video.getFileName()));
            index.countHead();
            index.countSeekTargets();
            return index.kept
                    + index.cues * BYTES_PER_CUE
                    + index.tracks * BYTES_PER_TRACK
                    + index.entries * BYTES_PER_ENTRY;
        }
    }

    private void countHead() throws IOException, SourceException {
        long at = 0;
        while (at < size) {
            if (!element(at, size)) {
                at = nextList(at + 1);
            } else if (id == SEGMENT) {
                segment = body;
                at = body;
            } else if (id == CLUSTER) {
                return;
            } else if (isList(id)) {
                visited.add(at);
                long stopped = list(id, body, end, 0);
                at = stopped > at ? stopped : at + 1;
            } else {
                at = end;
            }
        }
    }

    private void countSeekTargets() throws IOException, SourceException {
        while (!seekTargets.isEmpty()) {
            long at = seekTargets.removeFirst();
            if (at >= 0 && at < size && visited.add(at) && element(at, size) && isList(id)) {
                list(id, body, end, 0);
            }
        }
    }

    /** Counts the elements of a list. Returns where it stopped: the end of the list, or earlier at an invalid element. */
    private long list(int list, long from, long to, int depth) throws IOException, SourceException {
        if (depth == 0) {
            kept += list == TAGS || list == CHAPTERS || list == ATTACHMENTS || list == TRACKS ? to - from : 0;
        }
        long at = from;
        while (at < to) {
            if (!element(at, to)) {
                return nextList(at + 1);
            }
            if (isList(id) || id == CLUSTER) {
                return at;
            }
            int child = id;
            long childBody = body;
            long childEnd = end;
            count(child);
            if (child == SEEK_POSITION) {
                seekTargets.add(segment + number(childBody, childEnd));
            } else if (holdsMore(child) && depth < DEEPEST) {
                long stopped = list(child, childBody, childEnd, depth + 1);
                if (stopped != childEnd) {
                    return stopped;
                }
            }
            at = childEnd;
        }
        return to;
    }

    private void count(int child) throws SourceException {
        switch (child) {
            case 0xAE -> limits.checkTracks(name, ++tracks);
            case 0xBB, 0xB7 -> limits.checkSamples(name, ++cues);
            // Seek; tag, its texts; edition, chapter, its names; attachment; encodings, planes, additions of a track.
            case 0x4DBB, 0x7373, 0x67C8, 0x45B9, 0xB6, 0x80, 0x61A7, 0x6240, 0xE4, 0x41E4 ->
                limits.checkEntries(name, ++entries);
            default -> {
                // A single value.
            }
        }
    }

    private static boolean holdsMore(int id) {
        return switch (id) {
            case 0xAE, 0xBB, 0x4DBB, 0x7373, 0x67C8, 0x45B9, 0xB6, 0x6D80, 0xE2, 0xE3 -> true;
            default -> false;
        };
    }

    private static boolean isList(int id) {
        return switch (id) {
            case SEEK_HEAD, INFO, TRACKS, CUES, TAGS, CHAPTERS, ATTACHMENTS -> true;
            default -> false;
        };
    }

    /** Position of the next list or cluster at or after a position. */
    private long nextList(long from) throws IOException {
        int last = 0;
        for (long at = from; at < size; at++) {
            last = last << 8 | at(at);
            if (at - from >= 3 && (isList(last) || last == CLUSTER || last == SEGMENT || last == EBML)) {
                return at - 3;
            }
        }
        return size;
    }

    /** Reads the head of an element; false when it is invalid. */
    private boolean element(long from, long to) throws IOException, SourceException {
        limits.checkSamples(name, ++elements);
        int first = from < to ? at(from) : 0;
        int idLength = Integer.numberOfLeadingZeros(first) - 23;
        if (first == 0 || idLength > 4 || from + idLength >= to) {
            return false;
        }
        id = 0;
        for (int i = 0; i < idLength; i++) {
            id = id << 8 | at(from + i);
        }
        long at = from + idLength;
        first = at(at);
        int length = Integer.numberOfLeadingZeros(first) - 23;
        if (first == 0 || at + length > to) {
            return false;
        }
        long value = first & (0xFF >> length);
        boolean unknown = value == 0xFF >> length;
        for (int i = 1; i < length; i++) {
            int next = at(at + i);
            unknown &= next == 0xFF;
            value = value << 8 | next;
        }
        body = at + length;
        boolean opens = isList(id) || id == CLUSTER || id == SEGMENT;
        if (unknown || value > to - body) {
            end = to;
            return opens;
        }
        end = body + value;
        return true;
    }

    private long number(long from, long to) throws IOException {
        long value = 0;
        for (long at = from; at < Math.min(to, from + 8); at++) {
            value = value << 8 | at(at);
        }
        return value;
    }

    /** The byte at a position; 0 behind the end. */
    private int at(long at) throws IOException {
        if (at < windowAt || at >= windowAt + window.limit()) {
            windowAt = at;
            window.clear();
            while (window.hasRemaining() && file.read(window, at + window.position()) >= 0) {
                // Read until the window is full or the file ends.
            }
            window.flip();
        }
        int offset = (int) (at - windowAt);
        return offset < window.limit() ? window.get(offset) & 0xFF : 0;
    }
}
