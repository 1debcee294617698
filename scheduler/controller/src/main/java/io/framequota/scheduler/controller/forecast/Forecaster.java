package io.framequota.scheduler.controller.forecast;

import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.simulator.BacklogProjection;
import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts the open jobs, on a thread of its own. The event loop offers a copy of the dispatcher's state when it has changed: at
 * most four times a second while a job waits for its first forecast, once a second otherwise, and never so often that forecasts
 * take more than a twentieth of a core.
 */
public final class Forecaster implements AutoCloseable {
    /** Receives forecasts, on the forecaster's thread. */
    public interface Listener {
        /**
         * @param epoch of the leadership that made them
         * @param all forecasts of open jobs
         * @param first jobs that were forecast for the first time
         * @throws RuntimeException if they were not stored; the first ones are then passed again
         */
        void changed(long epoch, List<JobForecast> all, List<String> first);
    }

    private static final Logger LOG = Logger.getLogger(Forecaster.class);
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After a run the forecaster pauses for this multiple of the run time. */
    private static final int REST = 19;

    private static final int FIRSTS_KEPT = 50_000;

    private record Moment(long epoch, DispatcherSnapshot present) {}

    private record First(long submittedAtUs, JobForecast forecast) {}

    private final Listener listener;
    private final LongSupplier nanos;
    private final ForecastHistory history = new ForecastHistory();
    private final PipelineDelays delays = new PipelineDelays();
    private final SynchronousQueue<Moment> moments = new SynchronousQueue<>();
    private final Thread thread;
    /** The first forecasts of open jobs. Bounded, because a job may end while it is being forecast. */
    private final Map<String, First> firsts = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, First> eldest) {
            return size() > FIRSTS_KEPT;
        }
    });

    private volatile Map<String, JobForecast> latest = Map.of();
    private volatile long dueNanos;
    private volatile boolean idle = true;
    private volatile boolean closed;
    // Confined to the event loop's thread.
    private boolean changed = true;
    private boolean came = true;
    /** Whether streams held something at the last offer: their notes are published with the forecasts. */
    private boolean streams;
    /** Open jobs that arrived before this leadership; an earlier leader may have made their first forecasts. */
    private final Set<String> earlier = new HashSet<>();

    /** @param nanos a clock that never goes back, such as {@link System#nanoTime()} */
    public Forecaster(Listener listener, LongSupplier nanos) {
        this.listener = listener;
        this.nanos = nanos;
        dueNanos = nanos.getAsLong();
        thread = Thread.ofPlatform().name("forecast").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /**
     * The dispatcher's state has changed. For the event loop only.
     *
     * @param cameNow whether a job arrived, or more of its size became known
     */
    public void changed(boolean cameNow) {
        changed = true;
        came |= cameNow;
    }

    /**
     * Starts a forecast if one is due. For the event loop only; never waits.
     *
     * @param present copies the dispatcher's state
     */
    public void offer(long epoch, Supplier<@Nullable DispatcherSnapshot> present) {
        if (!changed || !idle || nanos.getAsLong() - dueNanos < (came ? 0 : AGAIN_NANOS - FIRST_NANOS)) {
            return;
        }
        DispatcherSnapshot now = present.get();
        if (now == null) {
            return;
        }
        boolean before = streams;
        streams = !now.reserved().isEmpty();
        boolean nothing = now.jobs().isEmpty() && latest.isEmpty() && !streams && !before;
        // Before the thread takes it, because it may finish at once.
        idle = nothing;
        if (nothing || moments.offer(new Moment(epoch, now))) {
            changed = false;
            came = false;
        } else {
            idle = true;
        }
    }

    /** A job has ended. For the event loop only. */
    public void ended(EndedJob job) {
        First made = firsts.remove(job.id());
        First first = earlier.remove(job.id()) ? null : made;
        if (!job.whole()) {
            return;
        }
        delays.add(job);
        // A forecast for one policy says nothing about the response under another.
        if (first != null && first.forecast().policy().equals(job.policy())) {
            history.add(new ForecastOutcome(
                    job.policy(), first.forecast().forecastS(), (job.endedAtUs() - first.submittedAtUs()) / 1e6));
        }
    }

    /**
     * A new leadership begins. For the event loop only.
     *
     * @param outcomes of earlier leaders' forecasts, oldest first
     * @param open jobs, of which another leader may have made the first forecasts
     */
    public void reset(List<ForecastOutcome> outcomes, Collection<String> open) {
        firsts.clear();
        earlier.clear();
        earlier.addAll(open);
        latest = Map.of();
        history.replaceAll(outcomes);
    }

    /** Whether no forecast is running. */
    boolean isIdle() {
        return idle;
    }

    /** The outcomes of earlier forecasts. */
    public ForecastHistory history() {
        return history;
    }

    /** The latest forecasts of the open jobs, by arrival. */
    public List<JobForecast> forecasts() {
        return List.copyOf(latest.values());
    }

    /**
     * Forecasts whether one more job would end in time. Takes as long as a forecast of all jobs; one call at a time.
     *
     * @param deadlineS seconds from now, infinite for no deadline
     */
    public synchronized FitResult fit(DispatcherSnapshot present, JobDescriptor job, double deadlineS) {
        DispatcherSnapshot with = present.with(job);
        DispatcherSnapshot.OpenJob added = with.jobs().getLast();
        if (added.leftFrames() < 0) {
            return new FitResult(
                    false, null, null, null, "the source does not say how long it is, so there is no forecast");
        }
        if (!added.measured()) {
            return new FitResult(
                    false,
                    null,
                    null,
                    null,
                    "no frame of model " + job.model() + " has been measured here, so there is no forecast; run one job"
                            + " first");
        }
        BacklogProjection projection = BacklogProjection.of(with, delays.firstChunkS());
        BacklogProjection.End end = projection.ends().getLast();
        String ahead = present.jobs().isEmpty()
                ? "nothing else is open"
                : present.jobs().size() + (present.jobs().size() == 1 ? " job is" : " jobs are") + " open";
        String policy = present.policy().name();
        if (end.refused()) {
            return new FitResult(
                    false,
                    null,
                    null,
                    null,
                    "the policy " + policy
                            + " would refuse it: it, or a job that came before it, would miss its deadline; " + ahead);
        }
        if (Double.isInfinite(end.endS())) {
            return new FitResult(false, null, null, null, "no worker that is ready has the model " + job.model());
        }
        ForecastHistory.Spread spread = history.spread(policy);
        double seconds = end.endS() + delays.lastResultS();
        boolean fits = seconds <= deadlineS;
        String reason = String.format(
                Locale.ROOT,
                "it would end in %.1f s (%.1f to %.1f) under %s%s; %s%s",
                seconds,
                seconds * spread.low(),
                seconds * spread.high(),
                policy,
                Double.isInfinite(deadlineS)
                        ? ""
                        : String.format(Locale.ROOT, ", %s %.1f s", fits ? "within" : "later than", deadlineS),
                ahead,
                end.simulated() ? "" : ", too many to simulate: the work ahead is counted");
        return new FitResult(fits, seconds, seconds * spread.low(), seconds * spread.high(), reason);
    }

    private void run() {
        boolean failed = false;
        while (!closed) {
            try {
                Moment moment = moments.take();
                long begin = nanos.getAsLong();
                try {
                    publish(moment);
                    failed = false;
                } catch (RuntimeException e) {
                    if (!failed) {
                        LOG.warnf(
                                "open jobs keep their earlier forecasts until the next one works: %s", e.getMessage());
                    }
                    failed = true;
                }
                long end = nanos.getAsLong();
                dueNanos = end + Math.max(FIRST_NANOS, REST * (end - begin));
                idle = true;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void publish(Moment moment) {
        DispatcherSnapshot present = moment.present();
        List<JobForecast> all = forecast(present);
        Map<String, JobForecast> byJob = new LinkedHashMap<>();
        all.forEach(f -> byJob.put(f.job(), f));
        latest = byJob;
        Map<String, DispatcherSnapshot.OpenJob> open = new HashMap<>();
        present.jobs().forEach(j -> open.put(j.id(), j));
        List<String> first = new ArrayList<>();
        for (JobForecast forecast : all) {
            DispatcherSnapshot.OpenJob job = open.get(forecast.job());
            if (job != null && forecast.sized() && !firsts.containsKey(forecast.job())) {
                first.add(forecast.job());
            }
        }
        listener.changed(moment.epoch(), all, first);
        for (String id : first) {
            DispatcherSnapshot.OpenJob job = open.get(id);
            JobForecast forecast = byJob.get(id);
            if (job != null && forecast != null) {
                firsts.put(id, new First(job.submittedAtUs(), forecast));
            }
        }
    }

    private List<JobForecast> forecast(DispatcherSnapshot present) {
        BacklogProjection projection = BacklogProjection.of(present, delays.firstChunkS());
        double lastS = delays.lastResultS();
        ForecastHistory.Spread spread = history.spread(present.policy().name());
        Map<String, DispatcherSnapshot.OpenJob> open = new HashMap<>();
        present.jobs().forEach(j -> open.put(j.id(), j));
        Map<String, Integer> positions = positions(projection, open);
        List<JobForecast> all = new ArrayList<>();
        for (BacklogProjection.End end : projection.ends()) {
            DispatcherSnapshot.OpenJob job = open.get(end.job());
            if (job == null || end.refused()) {
                continue;
            }
            boolean sized = job.isSized() && end.endS() < Double.POSITIVE_INFINITY;
            double goneS = (present.nowUs() - job.submittedAtUs()) / 1e6;
            double leftS = sized ? end.endS() + lastS : Double.NaN;
            all.add(new JobForecast(
                    end.job(),
                    positions.getOrDefault(end.job(), 0),
                    goneS + leftS,
                    goneS + leftS * spread.low(),
                    goneS + leftS * spread.high(),
                    present.policy().name(),
                    end.simulated(),
                    sized));
        }
        return all;
    }

    private static Map<String, Integer> positions(
            BacklogProjection projection, Map<String, DispatcherSnapshot.OpenJob> open) {
        Map<String, Integer> positions = new HashMap<>();
        projection.ends().stream()
                .filter(e -> {
                    DispatcherSnapshot.OpenJob job = open.get(e.job());
                    return job != null && !job.begun() && !e.refused();
                })
                .sorted(Comparator.comparingDouble(BacklogProjection.End::startS))
                .forEachOrdered(e -> positions.put(e.job(), positions.size() + 1));
        return positions;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
