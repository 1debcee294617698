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
 * What other policies would have done. A replay computes, so it runs on a worker thread, one at a time, and its answer is
 * given again for some seconds.
 */
@Path("/api/v1/policies/shadow")
@Blocking
@Singleton
public class ShadowResource {
    private static final String KNOWLEDGE = "each policy knew lengths, costs and chunks when they were known";
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Scheduler scheduler;
    private @Nullable Kept kept;

    @Inject
    ShadowResource(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    private record Kept(double hours, long atNanos, ShadowView view) {}

    /** The window looked at, in UTC. */
    public record Window(double hours, String from, String to) {}

    /**
     * A replayed window; {@code live} is null when no job came and succeeded in it; {@code knowledge}: what the policies knew,
     * in words; {@code advice}: whether the sentence may be acted upon.
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

    /** @param hours before now, above 0, at most {@link EndedJobHistory#MOST_HOURS} */
    @GET
    public synchronized ShadowView shadow(@QueryParam("hours") @DefaultValue("1") String hours) {
        double wanted = parse(hours);
        Kept known = kept;
        if (known != null && known.hours() == wanted && System.nanoTime() - known.atNanos() < KEPT_NANOS) {
            return known.view();
        }
        ShadowRecording recording = scheduler.recorded(wanted);
        if (recording == null) {
            throw HttpProblem.notLeading();
        }
        ShadowView view = view(ShadowReplay.of(recording));
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

    private static ShadowView view(ShadowReport shadow) {
        return new ShadowView(
                new Window(shadow.hours(), time(shadow.fromUs()), time(shadow.toUs())),
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
