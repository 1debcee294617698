package io.framequota.inference.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.PacketStream;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.SourceException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a stream's packets for as long as they come and numbers the pictures in the order in which they are shown. Every packet from the
 * first key picture on becomes either a picture or a part of a loss, so the numbers of both together have no hole. After an error it
 * decodes on, but gives no picture before the next key picture, because errors spread until then. For one platform thread; owns native
 * memory until it is closed.
 */
final class StreamDecoder implements AutoCloseable {
    /** A stream may have no further key pictures: after this time its pictures are given as they are. */
    private static final double MOST_SUSPECT_MS = 10_000;
    /** No decoder holds so many pictures back. */
    private static final int MOST_AWAITED = 128;

    /** A picture of the stream. */
    record Picture(long number, double ptsMs, boolean damaged, int session, long receivedAtMs) {}

    /** Frames without a picture, from a number to in front of another one. */
    record Loss(long from, long until, double fromMs, double toMs, int session, GapCause cause) {}

    /** Takes what comes out. */
    interface Sink {
        /** A decoder can be opened for the stream's parameters; pictures follow. */
        void opened(PacketStream stream);

        /** A picture, which is the decoder's current one. */
        void picture(Picture picture, FrameDecoder decoder);

        void lost(Loss loss);

        /** No decoder can be opened, or it refuses a packet: one line for people. */
        void failed(String cause);
    }

    /** A packet whose picture the decoder has not given yet. */
    private record Awaited(long packet, double ptsMs, boolean key, long receivedAtMs) {}

    private final FrameDecoder.Factory decoders;
    private final String name;
    private final Sink sink;
    private final NavigableSet<Awaited> awaited =
            new TreeSet<>(Comparator.comparingDouble(Awaited::ptsMs).thenComparingLong(Awaited::packet));
    private final Map<Long, Awaited> byPacket = new HashMap<>();

    private @Nullable FrameDecoder decoder;
    private PacketStream stream = PacketStream.getDefaultInstance();
    private int session;
    /** Whether a key picture was there. */
    private boolean begun;
    /** The next packet's number, when none is missing. */
    private long nextPacket;
    /** The number of the next picture. */
    private long nextNumber;

    private double lastMs;
    /** Whether errors may show in the pictures of packets from {@link #firstBad} on. */
    private boolean suspect;

    private long firstBad;
    private long lastBad;
    private double suspectMs;
    private long broken;

    /** @param name of the stream, for messages */
    StreamDecoder(FrameDecoder.Factory decoders, String name, Sink sink) {
        this.decoders = decoders;
        this.name = name;
        this.sink = sink;
    }

    /**
     * Decodes the next packet and passes on the pictures that are complete with it. A packet whose number is not above that of the one
     * before is skipped.
     *
     * @param behindLoss whether packets in front of it were left out here
     */
    void accept(LivePacket packet, boolean behindLoss) {
        AccessUnit unit = packet.getUnit();
        if (begun && unit.getFrame() < nextPacket) {
            return;
        }
        if (packet.getSession() != session) {
            finish();
            session = packet.getSession();
            // Why numbers jump between sessions is known where they are given.
            nextPacket = unit.getFrame();
            nextNumber = unit.getFrame();
        } else if (begun && unit.getFrame() > nextPacket) {
            finish();
            lose(
                    unit.getFrame() - nextPacket,
                    lastMs,
                    unit.getPtsMs(),
                    behindLoss ? GapCause.DROPPED : GapCause.EXPIRED);
            nextPacket = unit.getFrame();
        }
        if (packet.getEnded()) {
            finish();
        } else {
            decode(packet, unit);
        }
    }

    private void decode(LivePacket packet, AccessUnit unit) {
        if (packet.hasStream() && !packet.getStream().getCodec().equals(stream.getCodec())) {
            finish();
        }
        FrameDecoder open = decoder;
        if (open == null && JoinPoint.begins(packet)) {
            if (!begun) {
                begun = true;
                nextNumber = unit.getFrame();
            }
            open = open(packet.getStream());
        }
        nextPacket = unit.getFrame() + 1;
        if (open == null) {
            if (begun) {
                lose(1, unit.getPtsMs(), unit.getPtsMs(), GapCause.DECODE_ERROR);
            }
            return;
        }
        Awaited picture = new Awaited(unit.getFrame(), unit.getPtsMs(), unit.getKey(), packet.getReceivedAtMs());
        awaited.add(picture);
        byPacket.put(picture.packet(), picture);
        try {
            // The packet's number in place of its time tells to which packet a picture belongs, whatever the times are.
            open.send(unit.toBuilder()
                    .setPts(unit.getFrame())
                    .setDts(FrameDecoder.NO_TIME)
                    .build());
            take(open);
        } catch (SourceException e) {
            sink.failed(String.valueOf(e.getMessage()));
            abandon();
            return;
        }
        if (awaited.size() > MOST_AWAITED) {
            abandon();
        }
    }

    private @Nullable FrameDecoder open(PacketStream parameters) {
        try {
            FrameDecoder opened = decoders.decoder(parameters.getCodec(), name);
            decoder = opened;
            stream = parameters;
            suspect = false;
            broken = 0;
            sink.opened(parameters);
            return opened;
        } catch (SourceException e) {
            sink.failed(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void take(FrameDecoder from) {
        while (from.next()) {
            Awaited picture = byPacket.get(from.pts());
            // Others come too late: a later picture was given already.
            if (picture != null) {
                give(picture, from);
            }
        }
        if (from.brokenPackets() > broken) {
            broken = from.brokenPackets();
            suspect(nextPacket - 1, lastMs);
        }
    }

    private void give(Awaited picture, FrameDecoder from) {
        loseThoseBefore(picture);
        awaited.remove(picture);
        byPacket.remove(picture.packet());
        lastMs = picture.ptsMs();
        if (from.damaged()) {
            suspect(picture.packet(), picture.ptsMs());
        } else if (picture.key() && picture.packet() > firstBad) {
            suspect = picture.packet() <= lastBad;
            firstBad = lastBad;
        }
        boolean bad = suspect && picture.packet() >= firstBad;
        if (bad && picture.ptsMs() - suspectMs < MOST_SUSPECT_MS) {
            lose(1, picture.ptsMs(), picture.ptsMs(), GapCause.DECODE_ERROR);
        } else {
            sink.picture(new Picture(nextNumber++, picture.ptsMs(), bad, session, picture.receivedAtMs()), from);
        }
    }

    private void suspect(long packet, double sinceMs) {
        if (!suspect) {
            suspect = true;
            firstBad = packet;
            lastBad = packet;
            suspectMs = sinceMs;
        }
        lastBad = Math.max(lastBad, packet);
    }

    /** Pictures come in order, so that those of earlier times do not come any more. */
    private void loseThoseBefore(Awaited picture) {
        NavigableSet<Awaited> before = awaited.headSet(picture, false);
        if (!before.isEmpty()) {
            lose(before.size(), before.first().ptsMs(), before.last().ptsMs(), GapCause.DECODE_ERROR);
            before.forEach(missing -> byPacket.remove(missing.packet()));
            before.clear();
        }
    }

    /** Takes what the decoder still holds, and closes it. */
    private void finish() {
        FrameDecoder open = decoder;
        if (open != null) {
            open.drain();
            take(open);
            abandon();
        }
    }

    /** Closes the decoder without taking what it holds. */
    private void abandon() {
        if (!awaited.isEmpty()) {
            lose(awaited.size(), awaited.first().ptsMs(), awaited.last().ptsMs(), GapCause.DECODE_ERROR);
            awaited.clear();
            byPacket.clear();
        }
        close();
    }

    private void lose(long frames, double fromMs, double toMs, GapCause cause) {
        sink.lost(new Loss(nextNumber, nextNumber + frames, fromMs, toMs, session, cause));
        nextNumber += frames;
    }

    @Override
    public void close() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }
}
