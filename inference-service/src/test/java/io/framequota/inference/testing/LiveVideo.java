package io.framequota.inference.testing;

import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PacketStream;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A video's packets as ingest-service writes those of a stream. */
public final class LiveVideo {
    private LiveVideo() {}

    /**
     * All packets in decoding order.
     *
     * @param first number of the first packet
     */
    public static List<LivePacket> packets(Path video, String job, int session, long first, ModelCard model)
            throws SourceException {
        List<LivePacket> all = new ArrayList<>();
        try (PacketReader packets = new FfmpegDecoder().packets(video, VideoDecoder.ANY_STREAM)) {
            PacketStream stream = stream(packets.parameters(), packets.info(), model);
            while (packets.next()) {
                var unit = packets.unit();
                unit.setFrame(first + all.size()).setPtsMs(unit.getPts() * packets.msPerTick());
                LivePacket.Builder packet = LivePacket.newBuilder()
                        .setJob(job)
                        .setSession(session)
                        .setReceivedAtMs(System.currentTimeMillis())
                        .setUnit(unit);
                if (unit.getKey()) {
                    packet.setStream(stream);
                }
                all.add(packet.build());
            }
        }
        return all;
    }

    private static PacketStream stream(CodecParameters parameters, VideoInfo info, ModelCard model) {
        return PacketStream.newBuilder()
                .setCodec(parameters)
                .setFirstWidth(info.width())
                .setFirstHeight(info.height())
                .setModel(model)
                .build();
    }

    /** The record that ends a session. */
    public static LivePacket end(LivePacket last) {
        LivePacket.Builder end = LivePacket.newBuilder()
                .setJob(last.getJob())
                .setSession(last.getSession())
                .setReceivedAtMs(last.getReceivedAtMs())
                .setEnded(true);
        end.getUnitBuilder().setFrame(last.getUnit().getFrame() + 1);
        return end.build();
    }
}
