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
 * Forecasts the open jobs, on a thread of its own. The event loop offers it the present, as a copy, when something has
 * changed: at most four times a second while a job waits for its first forecast, once a second otherwise, and never so often
 * that it takes more than a twentieth of a core.
 */
public final class Forecaster implements AutoCloseable {
    /** Where forecasts go. Called on the forecaster's thread. */
    public interface Listener {
        /**
         * The open jobs' forecasts have changed.
         *
         * @param epoch of the leadership that they are of
         * @param all of them
         * @param first jobs whose forecast was made for the first time
         * @throws RuntimeException when it could not be told; the first ones are told again
         */
        void changed(long epoch, List<JobForecast> all, List<String> first);
    }

    private static final Logger LOG = Logger.getLogger(Forecaster.class);
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A run rests for so many times as long as it took. */
    private static final int REST = 19;

    private static final int FIRSTS_KEPT = 50_000;

    private record Moment(long epoch, DispatcherSnapshot present) {}

    /** A job's first forecast. */
    private record First(long submittedAtUs, JobForecast forecast) {}

    private final Listener listener;
    private final LongSupplier nanos;
    private final ForecastHistory record = new ForecastHistory();
    private final PipelineDelays lags = new PipelineDelays();
    private final SynchronousQueue<Moment> moments = new SynchronousQueue<>();
    private final Thread thread;
    /** Of open jobs; bounded, as a job may end while it is forecast. */
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
    // Of the event loop's thread.
    private boolean changed = true;
    private boolean came = true;
    /** Open jobs that came before this leadership: what it forecasts of them is no first forecast. */
    private final Set<String> earlier = new HashSet<>();

    /** @param nanos a clock that only goes on, as {@link System#nanoTime()} */
    public Forecaster(Listener listener, LongSupplier nanos) {
        this.listener = listener;
        this.nanos = nanos;
        dueNanos = nanos.getAsLong();
        thread = Thread.ofPlatform().name("forecast").daemon().unstarted(this::run);
    }

    /** Begins to work. */
    public void start() {
        thread.start();
    }

    /**
     * Something has changed that forecasts depend on. Called by the event loop only.
     *
     * @param cameNow whether it is a job, or something of it became known
     */
    public void changed(boolean cameNow) {
        changed = true;
        came |= cameNow;
    }

    /**
     * Takes the present, if it is time. Called by the event loop only; never waits.
     *
     * @param present makes the copy; null while this scheduler does not lead
     */
    public void look(long epoch, Supplier<@Nullable DispatcherSnapshot> present) {
        if (!changed || !idle || nanos.getAsLong() - dueNanos < (came ? 0 : AGAIN_NANOS - FIRST_NANOS)) {
            return;
        }
        DispatcherSnapshot now = present.get();
        if (now == null) {
            return;
        }
        boolean nothing = now.jobs().isEmpty() && latest.isEmpty();
        // Before it is taken: it may be done with it at once.
        idle = nothing;
        if (nothing || moments.offer(new Moment(epoch, now))) {
            changed = false;
            came = false;
        } else {
            idle = true;
        }
    }

    /** A job has ended. Called by the event loop only. */
    public void ended(EndedJob job) {
        First made = firsts.remove(job.id());
        First first = earlier.remove(job.id()) ? null : made;
        if (!job.whole()) {
            return;
        }
        lags.add(job);
        // Under another policy than it was made for nobody promised anything.
        if (first != null && first.forecast().policy().equals(job.policy())) {
            record.add(new ForecastOutcome(
                    job.policy(), first.forecast().forecastS(), (job.endedAtUs() - first.submittedAtUs()) / 1e6));
        }
    }

    /**
     * A new leadership begins. Called by the event loop only.
     *
     * @param outcomes what earlier ones' forecasts came to, oldest first
     * @param open jobs that are open; another leader may have forecast them first
     */
    public void recall(List<ForecastOutcome> outcomes, Collection<String> open) {
        firsts.clear();
        earlier.clear();
        earlier.addAll(open);
        latest = Map.of();
        record.recall(outcomes);
    }

    /** Whether no forecast is under way. */
    boolean isIdle() {
        return idle;
    }

    /** How right forecasts were. */
    public ForecastHistory record() {
        return record;
    }

    /** The latest forecasts of the open jobs, by arrival. */
    public List<JobForecast> forecasts() {
        return List.copyOf(latest.values());
    }

    /**
     * Whether one more job would end in time. Takes as long as a forecast of all jobs; one at a time.
     *
     * @param deadlineS seconds from now, infinite for none
     */
    public synchronized FitResult fit(DispatcherSnapshot present, JobDescriptor job, double deadlineS) {
        DispatcherSnapshot with = present.with(job);
        DispatcherSnapshot.OpenJob task = with.jobs().getLast();
        if (task.leftFrames() < 0) {
            return new FitResult(
                    false, null, null, null, "the source does not say how long it is, so there is no forecast");
        }
        if (!task.measured()) {
            return new FitResult(
                    false,
                    null,
                    null,
                    null,
                    "no frame of model " + job.model() + " has been measured here, so there is no forecast; run one job"
                            + " first");
        }
        BacklogProjection projection = BacklogProjection.of(with, lags.firstChunkS());
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
        ForecastHistory.Spread spread = record.spread(policy);
        double seconds = end.endS() + lags.lastResultS();
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
        boolean troubled = false;
        while (!closed) {
            try {
                Moment moment = moments.take();
                long begin = nanos.getAsLong();
                try {
                    tell(moment);
                    troubled = false;
                } catch (RuntimeException e) {
                    if (!troubled) {
                        LOG.warnf(
                                "open jobs keep their earlier forecasts until the next one works: %s", e.getMessage());
                    }
                    troubled = true;
                }
                long end = nanos.getAsLong();
                dueNanos = end + Math.max(FIRST_NANOS, REST * (end - begin));
                idle = true;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void tell(Moment moment) {
        DispatcherSnapshot present = moment.present();
        List<JobForecast> all = forecast(present);
        Map<String, JobForecast> byJob = new LinkedHashMap<>();
        all.forEach(f -> byJob.put(f.job(), f));
        latest = byJob;
        Map<String, DispatcherSnapshot.OpenJob> tasks = new HashMap<>();
        present.jobs().forEach(t -> tasks.put(t.id(), t));
        List<String> first = new ArrayList<>();
        for (JobForecast forecast : all) {
            DispatcherSnapshot.OpenJob task = tasks.get(forecast.job());
            if (task != null && forecast.sized() && !firsts.containsKey(forecast.job())) {
                first.add(forecast.job());
            }
        }
        listener.changed(moment.epoch(), all, first);
        for (String id : first) {
            DispatcherSnapshot.OpenJob task = tasks.get(id);
            JobForecast forecast = byJob.get(id);
            if (task != null && forecast != null) {
                firsts.put(id, new First(task.submittedAtUs(), forecast));
            }
        }
    }

    /** What the present comes to. */
    private List<JobForecast> forecast(DispatcherSnapshot present) {
        BacklogProjection projection = BacklogProjection.of(present, lags.firstChunkS());
        double lastS = lags.lastResultS();
        ForecastHistory.Spread spread = record.spread(present.policy().name());
        Map<String, DispatcherSnapshot.OpenJob> tasks = new HashMap<>();
        present.jobs().forEach(t -> tasks.put(t.id(), t));
        Map<String, Integer> positions = positions(projection, tasks);
        List<JobForecast> all = new ArrayList<>();
        for (BacklogProjection.End end : projection.ends()) {
            DispatcherSnapshot.OpenJob task = tasks.get(end.job());
            if (task == null || end.refused()) {
                continue;
            }
            boolean sized = task.isSized() && end.endS() < Double.POSITIVE_INFINITY;
            double goneS = (present.nowUs() - task.submittedAtUs()) / 1e6;
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
            BacklogProjection projection, Map<String, DispatcherSnapshot.OpenJob> tasks) {
        Map<String, Integer> positions = new HashMap<>();
        projection.ends().stream()
                .filter(e -> {
                    DispatcherSnapshot.OpenJob task = tasks.get(e.job());
                    return task != null && !task.begun() && !e.refused();
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
