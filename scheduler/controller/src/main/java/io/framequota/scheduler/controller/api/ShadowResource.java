package io.framequota.scheduler.controller.api;

import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.shadow.EndedJobHistory;
import io.framequota.scheduler.controller.shadow.ShadowRecording;
import io.framequota.scheduler.controller.shadow.ShadowReplay;
import io.framequota.scheduler.controller.shadow.ShadowReport;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The response times that other policies would have had. A replay needs CPU, so replays run on a worker thread, one at a time, and
 * an answer is reused for some seconds.
 */
@Path("/api/v1/policies/shadow")
@Blocking
@Singleton
public class ShadowResource {
    private static final String KNOWLEDGE =
            "each policy got a length, cost or chunk only from the time at which it was known";
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Scheduler scheduler;
    private @Nullable Kept kept;

    @Inject
    ShadowResource(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    private record Kept(double hours, long atNanos, ShadowView view) {}

    /** The replayed window, in UTC. */
    public record Window(double hours, String from, String to) {}

    /**
     * A replayed window; {@code live} is null if no job arrived and succeeded in it; {@code knowledge} describes what the policies
     * knew; {@code advice} tells whether the sentence is advice.
     */
    public record ShadowView(
            Window window,
            int jobs,
            int replayedJobs,
            double cores,
            ShadowReport.@Nullable Live live,
            List<ShadowReport.Replayed> policies,
            String knowledge,
            boolean advice,
            String sentence) {}

    /** @param hours length of the window before now, above 0, at most {@link EndedJobHistory#MOST_HOURS} */
    @GET
    public synchronized ShadowView shadow(@QueryParam("hours") @DefaultValue("1") String hours) {
        double wanted = parse(hours);
        Kept known = kept;
        if (known != null && known.hours() == wanted && System.nanoTime() - known.atNanos() < KEPT_NANOS) {
            return known.view();
        }
        ShadowRecording recording = scheduler.recordedJobs(wanted);
        if (recording == null) {
            throw HttpProblem.notLeading();
        }
        ShadowView view = view(recording, ShadowReplay.of(recording));
        kept = new Kept(wanted, System.nanoTime(), view);
        return view;
    }

    private static double parse(String hours) {
        try {
            double number = Double.parseDouble(hours);
            if (number > 0 && number <= EndedJobHistory.MOST_HOURS) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw bad(hours);
        }
        throw bad(hours);
    }

    private static RuntimeException bad(String hours) {
        return HttpProblem.of(
                Response.Status.BAD_REQUEST,
                "hours cannot be '" + hours + "'; allowed: a number above 0, at most "
                        + (int) EndedJobHistory.MOST_HOURS);
    }

    private static ShadowView view(ShadowRecording recording, ShadowReport shadow) {
        return new ShadowView(
                new Window(recording.hours(), time(recording.fromUs()), time(recording.toUs())),
                shadow.jobs(),
                shadow.replayed(),
                shadow.cores(),
                shadow.live(),
                shadow.policies(),
                KNOWLEDGE,
                shadow.advice(),
                shadow.sentence());
    }

    private static String time(long us) {
        return Instant.EPOCH.plus(us, ChronoUnit.MICROS).toString();
    }
}
