package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.FrameGeometry;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.job.JobSpec;

/** Maps the properties of a video to what they mean for a job. */
public final class ProbeMapper {
    private ProbeMapper() {}

    public static Probed of(VideoInfo info, JobSpec spec, FrameTransport transport) {
        Probed.Builder probed = Probed.newBuilder()
                .setExpectedFrames((info.expectedFrames() + spec.every() - 1) / spec.every())
                .setEstimated(info.estimated())
                .setFps(info.fps())
                .setDurationMs(info.durationMs())
                .setWidth(info.width())
                .setHeight(info.height())
                .setCodec(info.codec())
                .setFrameTransport(transport.label());
        ModelCard card = spec.model();
        if (card.getFit() != ModelCard.Fit.NATIVE) {
            probed.setPictureWidth(card.getWidth()).setPictureHeight(card.getHeight());
        } else if (info.width() > 0 && info.height() > 0) {
            FrameGeometry frame = FrameGeometry.of(card, transport, info.width(), info.height());
            probed.setPictureWidth(frame.width()).setPictureHeight(frame.height());
        }
        return probed.build();
    }
}
