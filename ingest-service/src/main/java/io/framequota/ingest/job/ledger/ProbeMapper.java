package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Probed;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.job.JobSpec;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.scale.FrameGeometry;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.PanoramaScale;
import io.framequota.media.spherical.SphereViews;

/** Maps the properties of a video to what they mean for a job. */
public final class ProbeMapper {
    private ProbeMapper() {}

    /**
     * @param pixels how frames travel that do not travel as packets
     * @param packets whether the job's frames travel as packets
     */
    public static Probed of(VideoInfo info, JobSpec spec, PixelTransport pixels, boolean packets) {
        Probed.Builder probed = Probed.newBuilder()
                .setExpectedFrames((info.expectedFrames() + spec.every() - 1) / spec.every())
                .setEstimated(info.estimated())
                .setFps(info.fps())
                .setDurationMs(info.durationMs())
                .setWidth(info.width())
                .setHeight(info.height())
                .setCodec(info.codec())
                .setEvery(spec.every())
                .setFrameTransport((packets ? FrameTransport.PACKETS : pixels).label());
        ModelCard card = spec.model();
        int most = (packets ? PixelTransport.RAW : pixels).maxPixelBytes();
        Projection projection = spec.projectionOf(info);
        probed.setProjection(projection.label());
        if (projection != Projection.FLAT && info.width() > 0 && info.height() > 0) {
            FrameGeometry view = PanoramaScale.view(card, most, new Panorama(projection, info.width(), info.height()));
            probed.setPictureWidth(view.width()).setPictureHeight(view.height() * SphereViews.ALL.size());
        } else if (card.getFit() != ModelCard.Fit.NATIVE) {
            probed.setPictureWidth(card.getWidth()).setPictureHeight(card.getHeight());
        } else if (info.width() > 0 && info.height() > 0) {
            FrameGeometry frame = FrameGeometry.of(card, most, info.width(), info.height());
            probed.setPictureWidth(frame.width()).setPictureHeight(frame.height());
        }
        return probed.build();
    }
}
