package io.framequota.ingest.chunk;

import com.google.protobuf.ByteString;
import io.framequota.media.decode.FrameDecoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a source's packets into chunks of whole groups of pictures, and numbers the frames that they show in presentation order,
 * without decoding any. A chunk begins at a key picture and owns the frames from there to the next chunk's key picture. Pictures
 * that follow that key picture and are shown before it travel with the chunk, and so does a second copy of the key picture, which
 * they need. A chunk ends with the group that brings it nearest to its wanted frames or bytes, if the next group is as long. So where
 * chunks end depends on the packets and the limits only.
 *
 * <p>Packets go in and come out in decoding order; they come out as soon as their frames' numbers are known. For one thread.
 *
 * @param <P> the packets
 */
final class PacketCutter<P extends PacketCutter.Packet> {
    /** Most packets that are kept until their numbers are known; decoders reorder 16 pictures at most. */
    static final int MAX_HELD = 128;

    /** Most bytes of these packets. */
    static final long MAX_HELD_BYTES = 16L << 20;

    /** Most frames to infer of one group, whoever asks for packets: a chunk is granted, committed and written again as a whole. */
    static final int MAX_GROUP_FRAMES = 1000;

    /** Most bytes of one group. A chunk has at most so many more than its limit. */
    static final long MAX_GROUP_BYTES = 16L << 20;

    /** A frame that is decoded and not inferred counts as this part of one that is inferred. */
    private static final int DECODED_PER_INFERRED = 8;

    /** One packet of the source: a picture, or what a decoder needs beside pictures. */
    interface Packet {
        /** Time of presentation in ticks; {@link #NO_TIME} where it is unknown. */
        long pts();

        /** Time of decoding in ticks; {@link #NO_TIME} where it is unknown. */
        long dts();

        /** Whether decoding may begin here. */
        boolean key();

        /** Whether a frame of the source is shown: the picture is not hidden, and its time is played. */
        boolean shown();

        int bytes();

        /** What later packets may need of this one beside its picture, by what it replaces. */
        Map<Long, ByteString> parameters();
    }

    /** FFmpeg's value of an unknown time. */
    static final long NO_TIME = FrameDecoder.NO_TIME;

    /**
     * What comes next: a packet of the chunk, or the end of the chunk where there is no packet.
     *
     * @param frame index of the frame that the packet shows, -1 when the chunk does not own one
     */
    record Step<P>(@Nullable P packet, long frame) {}

    /** The packets cannot be cut so that every frame has a number; the message is one line for people. */
    static final class IrregularPacketException extends Exception {
        private static final long serialVersionUID = 1L;

        IrregularPacketException(String message) {
            super(message);
        }
    }

    private static final class Held<P> {
        final P packet;
        /** -1 for none. */
        long frame = -1;

        boolean numbered;
        /** Whether the packet holds all parameters that stand in packets before it. */
        boolean complete;

        Held(P packet) {
            this.packet = packet;
        }
    }

    private final int every;
    private final ChunkLimits limits;
    private final int groupFrames;
    private final Deque<Step<P>> ready = new ArrayDeque<>();

    private final Deque<Held<P>> held = new ArrayDeque<>();
    private long heldBytes;
    /** By time, the frames whose number depends on packets to come. */
    private final TreeMap<Long, Held<P>> unnumbered = new TreeMap<>();

    private long nextFrame;
    private long numberedUntil = NO_TIME;
    private long latest = NO_TIME;
    private long groupFirst;
    private long chunkFirst;
    /** Of all packets so far. */
    private long bytes;
    /** Bytes of the packets before the group. */
    private long groupBegin;
    /** Bytes of the packets before the chunk. */
    private long chunkBegin;
    /** The last key picture, while pictures that are shown before it may follow. */
    private @Nullable Held<P> key;

    /** Of all packets so far. */
    private final Set<Long> parameters = new HashSet<>();

    private boolean begun;
    private boolean grouped;

    /**
     * @param every every which frame is inferred
     * @param limits wanted frames to infer and wanted bytes of packets of a chunk
     * @param groupFrames most frames to infer of one group; never more than {@link #MAX_GROUP_FRAMES}
     */
    PacketCutter(int every, ChunkLimits limits, int groupFrames) {
        this.every = every;
        this.limits = limits;
        this.groupFrames = groupFrames;
    }

    /** Bytes of the packets that wait for their frames' numbers. */
    long heldBytes() {
        return heldBytes;
    }

    /** Frames so far whose numbers are known; behind {@link #end}, all frames of the source. */
    long frames() {
        return nextFrame;
    }

    /** The next step of what was added so far, null when more packets are needed. */
    @Nullable
    Step<P> poll() {
        return ready.poll();
    }

    /** Adds the next packet. */
    void add(P packet) throws IrregularPacketException {
        if (!begun && !packet.key()) {
            throw new IrregularPacketException("the source does not begin with a key picture");
        }
        if (packet.pts() == NO_TIME && (packet.shown() || packet.key())) {
            throw new IrregularPacketException("the container states no time for a picture");
        }
        Held<P> before = key;
        if (before != null && (packet.key() || packet.pts() == NO_TIME || packet.pts() > before.packet.pts())) {
            // No further picture is shown before the key picture.
            endGroupBefore(before);
        }
        check(packet);
        begun = true;
        Held<P> next = new Held<>(packet);
        next.complete = packet.parameters().keySet().containsAll(parameters);
        parameters.addAll(packet.parameters().keySet());
        if (packet.key()) {
            key = next;
        }
        hold(next);
        checkBytes();
        if (packet.dts() != NO_TIME) {
            // Pictures that are still to be decoded are shown later than this one is decoded.
            number(packet.dts());
        }
        emit();
    }

    /** Says that no packet follows. The end of the last chunk is no step. */
    void end() throws IrregularPacketException {
        Held<P> last = key;
        if (last != null) {
            endGroupBefore(last);
        }
        number(Long.MAX_VALUE);
        emit();
    }

    private void check(P packet) throws IrregularPacketException {
        if (packet.pts() == NO_TIME) {
            return;
        }
        if (packet.key() && begun && packet.pts() <= latest) {
            throw new IrregularPacketException("a key picture is shown before pictures that precede it in the file");
        }
        boolean taken = packet.pts() <= numberedUntil || unnumbered.containsKey(packet.pts());
        if (packet.shown() && taken) {
            throw new IrregularPacketException("times of pictures are equal or not in order");
        }
        latest = Math.max(latest, packet.pts());
    }

    private void hold(Held<P> next) throws IrregularPacketException {
        held.add(next);
        heldBytes += next.packet.bytes();
        bytes += next.packet.bytes();
        if (next.packet.shown()) {
            unnumbered.put(next.packet.pts(), next);
        } else {
            next.numbered = true;
        }
        if (held.size() > MAX_HELD || heldBytes > MAX_HELD_BYTES) {
            throw new IrregularPacketException("too many pictures are decoded before one that is shown earlier");
        }
    }

    /** Numbers all frames up to a time: no packet to come shows an earlier one. */
    private void number(long until) throws IrregularPacketException {
        // A key picture is numbered when its group begins.
        long last = key == null ? until : Math.min(until, key.packet.pts() - 1);
        while (!unnumbered.isEmpty() && unnumbered.firstKey() <= last) {
            var first = unnumbered.pollFirstEntry();
            first.getValue().frame = nextFrame++;
            first.getValue().numbered = true;
            numberedUntil = first.getKey();
            checkGroup(nextFrame);
        }
    }

    private void checkGroup(long end) throws IrregularPacketException {
        long pictures = end - groupFirst;
        if (work(groupFirst, end) > Math.min(groupFrames, MAX_GROUP_FRAMES)) {
            throw new IrregularPacketException(String.format(
                    Locale.ROOT,
                    "a group of pictures has more than %d frames%s, %s",
                    pictures - 1,
                    every == 1 ? "" : " (" + inferred(groupFirst, end - 1) + " to infer)",
                    groupFrames < MAX_GROUP_FRAMES
                            ? "which take longer than a grant should (FRAMEQUOTA_GRANT_SECONDS)"
                            : "too many for a chunk"));
        }
    }

    private void checkBytes() throws IrregularPacketException {
        // The last key picture belongs to the next group.
        long end = bytes - (key == null ? 0 : key.packet.bytes());
        if (end - groupBegin > MAX_GROUP_BYTES) {
            throw new IrregularPacketException(
                    "a group of pictures has more than " + (MAX_GROUP_BYTES >> 20) + " MiB, too many for a chunk");
        }
        // A chunk ends earlier, unless it waits for its first frame to infer.
        if (end - chunkBegin > limits.maxBytes() + MAX_GROUP_BYTES) {
            throw new IrregularPacketException("the packets between two frames to infer are too many for a chunk");
        }
    }

    private long inferred(long first, long end) {
        return (end + every - 1) / every - (first + every - 1) / every;
    }

    /** Frames to infer that take as long as inferring and decoding these frames, roughly. */
    private double work(long first, long end) {
        return Math.max(inferred(first, end), (double) (end - first) / DECODED_PER_INFERRED);
    }

    /** Ends the group before a key picture: all pictures that are shown before it are known. */
    private void endGroupBefore(Held<P> next) throws IrregularPacketException {
        long pts = next.packet.pts();
        number(pts - 1);
        long position = nextFrame;
        if (!grouped && position > 0) {
            throw new IrregularPacketException("the source begins with pictures that need earlier ones");
        }
        long begin = bytes - next.packet.bytes();
        boolean full = isFull(position, begin);
        grouped = true;
        groupFirst = position;
        groupBegin = begin;
        key = null;
        number(pts);
        if (next.packet.shown() && full) {
            checkParameters(next);
            cutBefore(next);
            chunkFirst = position;
            chunkBegin = begin;
        }
        emit();
    }

    /** A decoder that begins with a chunk has no parameters of packets before its key picture, nor of those that do not travel with it. */
    private void checkParameters(Held<P> first) throws IrregularPacketException {
        Map<Long, ByteString> own = first.packet.parameters();
        boolean complete = first.complete;
        boolean behind = false;
        for (Held<P> packet : held) {
            complete &= !behind
                    || own.entrySet().containsAll(packet.packet.parameters().entrySet());
            behind |= packet == first;
        }
        if (!complete) {
            throw new IrregularPacketException("the packets' parameters are not repeated at each key picture");
        }
    }

    /** Whether the chunk has as many frames to infer or bytes as it should. It has a frame to infer. */
    private boolean isFull(long end, long endBytes) {
        return inferred(chunkFirst, end) > 0
                && (isFull(work(chunkFirst, end), work(groupFirst, end), limits.maxFrames())
                        || isFull(endBytes - chunkBegin, endBytes - groupBegin, limits.maxBytes()));
    }

    /** Whether a chunk is nearer to its wanted size without another group like the last one. */
    private static boolean isFull(double size, double lastGroup, double wanted) {
        return size >= wanted || size + lastGroup / 2.0 > wanted;
    }

    private void cutBefore(Held<P> next) {
        emitUntil(next);
        remove(next);
        if (!held.isEmpty()) {
            ready.add(new Step<>(next.packet, -1));
            emit();
        }
        ready.add(new Step<>(null, -1));
        ready.add(new Step<>(next.packet, next.frame));
    }

    private void remove(Held<P> first) {
        held.removeFirst();
        heldBytes -= first.packet.bytes();
    }

    /** Passes on what is numbered, up to a key picture that may have to wait. */
    private void emit() {
        emitUntil(key);
    }

    private void emitUntil(@Nullable Held<P> end) {
        while (!held.isEmpty() && held.getFirst().numbered && held.getFirst() != end) {
            Held<P> first = held.getFirst();
            remove(first);
            ready.add(new Step<>(first.packet, first.frame));
        }
    }
}
