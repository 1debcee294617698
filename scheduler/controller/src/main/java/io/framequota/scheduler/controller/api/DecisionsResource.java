package io.framequota.scheduler.controller.api;

import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.dispatch.Decision;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchRecorder;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last grants in order, and the delays until their first frames. */
@Path("/api/v1/decisions")
@RunOnVirtualThread
public class DecisionsResource {
    private final Scheduler scheduler;

    @Inject
    DecisionsResource(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Decisions, oldest first. */
    public record DecisionsView(FirstFrame firstFrame, List<DecisionView> decisions) {}

    /** Delays of grants to idle workers, from the decision, and of prefetched grants, from when the worker became free. */
    public record FirstFrame(Delays idle, Delays prefetched) {}

    /** Percentiles in milliseconds. */
    public record Delays(int count, double p50Ms, double p99Ms) {}

    /** One grant; times are null until known. */
    public record DecisionView(
            long sequence,
            String job,
            int chunk,
            int attempt,
            String worker,
            boolean prefetched,
            String outcome,
            @Nullable String decidedAt,
            @Nullable String startedAt,
            @Nullable String finishedAt,
            @Nullable Double firstFrameMs) {}

    @GET
    public DecisionsView decisions() {
        Scheduler.Decisions decisions = scheduler.decisions();
        return new DecisionsView(
                new FirstFrame(delays(decisions.idle()), delays(decisions.prefetched())),
                decisions.decisions().stream().map(DecisionsResource::view).toList());
    }

    /**
     * A replay; {@code same}: every decision of this leadership came out the same, given the same events at the same times; {@code
     * difference}: the first one that did not, null if there is none.
     */
    public record ReplayView(
            int entries,
            int decisions,
            int grants,
            boolean same,
            @Nullable String difference) {}

    /** Replays all events of this leadership and compares the decisions. */
    @GET
    @Path("replay")
    @Blocking
    public ReplayView replay() {
        DispatchRecorder.Record recorded = scheduler.recordedEvents();
        if (recorded == null && !scheduler.leads()) {
            throw HttpProblem.notLeading();
        }
        if (recorded == null) {
            throw HttpProblem.of(
                    Response.Status.CONFLICT,
                    String.format(
                            Locale.ROOT,
                            "there were more events than are kept (%,d, about 90 minutes with two workers, less with jobs);"
                                    + " restart the scheduler to begin a new recording",
                            DispatchRecorder.MOST_ENTRIES));
        }
        DispatchRecorder.Replayed replayed = recorded.replay();
        return new ReplayView(
                replayed.entries(),
                replayed.decisions(),
                replayed.grants(),
                replayed.difference() == null,
                replayed.difference());
    }

    private static Delays delays(DecisionLog.Delays delays) {
        return new Delays(delays.count(), delays.p50Us() / 1000.0, delays.p99Us() / 1000.0);
    }

    private static DecisionView view(Decision d) {
        return new DecisionView(
                d.sequence(),
                d.job(),
                d.chunk(),
                d.attempt(),
                d.worker(),
                d.prefetched(),
                d.outcome().name().toLowerCase(Locale.ROOT),
                time(d.decidedAtUs()),
                time(d.startedAtUs()),
                time(d.finishedAtUs()),
                d.delayUs() < 0 ? null : d.delayUs() / 1000.0);
    }

    private static @Nullable String time(long us) {
        return us == 0 ? null : Instant.EPOCH.plus(us, ChronoUnit.MICROS).toString();
    }
}
