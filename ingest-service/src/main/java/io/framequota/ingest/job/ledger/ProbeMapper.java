package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.FrameGeometry;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.job.JobSpec;

/** From what a container says of a video to what it means for a job. */
public final class ProbeMapper {
    private ProbeMapper() {}

    public static Probed of(VideoInfo probe, JobSpec spec, FrameTransport transport) {
        Probed.Builder probed = Probed.newBuilder()
                .setExpectedFrames((probe.expectedFrames() + spec.every() - 1) / spec.every())
                .setEstimated(probe.estimated())
                .setFps(probe.fps())
                .setDurationMs(probe.durationMs())
                .setWidth(probe.width())
                .setHeight(probe.height())
                .setCodec(probe.codec())
                .setFrameTransport(transport.label());
        ModelCard card = spec.model();
        if (card.getFit() != ModelCard.Fit.NATIVE) {
            probed.setPictureWidth(card.getWidth()).setPictureHeight(card.getHeight());
        } else if (probe.width() > 0 && probe.height() > 0) {
            FrameGeometry frame = FrameGeometry.of(card, transport, probe.width(), probe.height());
            probed.setPictureWidth(frame.width()).setPictureHeight(frame.height());
        }
        return probed.build();
    }
}
