package io.framequota.ingest.job;

import io.framequota.contract.control.Probed;
import io.framequota.contract.frame.Projection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job as the database holds it at one moment.
 *
 * @param arrival position in the order of submission
 * @param forecast the job's first forecast, null until there is one
 */
public record Job(
        JobSpec spec,
        long arrival,
        Instant submittedAt,
        JobState state,
        JobProgress progress,
        @Nullable FirstForecast forecast) {
    /**
     * A job's first forecast, in seconds from its submission to its end.
     *
     * @param p10S the job ends earlier with a probability of 10 %
     * @param p90S the job ends later with a probability of 10 %
     * @param policy the policy at the time of the forecast
     */
    public record FirstForecast(double forecastS, double p10S, double p90S, String policy) {}

    private static final int SMALLEST_FACE = 256;
    /** By which padding around the faces changes the form. */
    private static final int PADDING = 16;

    /** FFmpeg's names of what photos are coded as. */
    private static final Set<String> PICTURES = Set.of("mjpeg", "png", "webp", "gif", "bmp", "tiff");

    /** The job's id. */
    public String id() {
        return spec.id();
    }

    /** Seconds from submission to the end, null while the job has not ended. */
    public @Nullable Double responseSeconds() {
        return state instanceof JobState.Ended ended ? secondsUntil(ended.at()) : null;
    }

    /** Seconds from submission to a time, 0 if that is earlier. */
    public double secondsUntil(Instant time) {
        return Math.max(0, Duration.between(submittedAt, time).toMillis()) / 1000.0;
    }

    /** The projection of the source's pictures; empty until the source was probed. */
    public Optional<Projection> projection() {
        Probed probed = progress.probed();
        return probed == null
                ? Optional.empty()
                : Optional.of(Projection.named(probed.getProjection()).orElse(Projection.FLAT));
    }

    /** All warnings, with a question where the picture may be a cubemap, and a line where packets were asked for and the source cannot be cut into them. */
    public List<String> warnings() {
        List<String> all = progress.allWarnings();
        String transport = progress.frameTransport();
        List<String> lines = new ArrayList<>();
        boolean refused = spec.transport() == TransportChoice.PACKETS
                && progress.leftPacketsAt() == null
                && !transport.isEmpty()
                && !progress.packets();
        if (refused) {
            lines.add("frames travel as " + transport + ", not as packets: " + progress.frameTransportReason());
        }
        if (mayBeCubemap()) {
            lines.add(
                    "is the picture a 360° cubemap? Its sides are 3 to 2 and it states no projection, so it was taken as"
                            + " flat; give --projection eac or cubemap if it is one, else --projection flat");
        }
        lines.addAll(all);
        return List.copyOf(lines);
    }

    /** An equi-angular cubemap has no metadata that says so. Its form is also that of many photos, which are not asked about. */
    private boolean mayBeCubemap() {
        Probed probed = progress.probed();
        return spec.projection().isEmpty()
                && probed != null
                && projection().equals(Optional.of(Projection.FLAT))
                && !PICTURES.contains(probed.getCodec())
                && Math.abs(2L * probed.getWidth() - 3L * probed.getHeight()) <= PADDING
                && probed.getHeight() >= 2 * SMALLEST_FACE;
    }

    /** Whether the job's source is a stream that runs until the job is cancelled. */
    public boolean live() {
        return spec.live().isPresent();
    }

    /** Whether the job has ended. Only a redrive changes an ended job. */
    public boolean ended() {
        return state instanceof JobState.Ended;
    }
}
