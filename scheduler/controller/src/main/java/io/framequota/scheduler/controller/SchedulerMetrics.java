package io.framequota.scheduler.controller;

import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** The scheduler's metrics, updated on the event loop. */
final class SchedulerMetrics {
    private static final long BACKLOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DELAYS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final MeterRegistry registry;
    private final Timer decision;
    private volatile boolean leads;
    private volatile DecisionLog.Delays idle = new DecisionLog.Delays(0, 0, 0);
    private volatile DecisionLog.Delays prefetched = idle;
    private volatile double backlog = Double.NaN;
    private volatile int streams;
    private volatile int reserved;
    private volatile int decisionsKept;
    private volatile int endedJobsKept;
    private volatile int eventsKept;
    private long backlogAtNanos = System.nanoTime() - BACKLOG_EVERY_NANOS;
    private long delaysAtNanos = System.nanoTime();

    SchedulerMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("framequota.scheduler.leads", () -> leads ? 1 : 0)
                .description("1 while this scheduler leads")
                .register(registry);
        Gauge.builder("framequota.backlog.core.seconds", () -> backlog)
                .description("work left of the open jobs; NaN while this scheduler does not lead")
                .register(registry);
        Gauge.builder("framequota.streams", () -> streams)
                .description("live streams with a reservation; 0 while this scheduler does not lead")
                .register(registry);
        Gauge.builder("framequota.streams.reserved.millicores", () -> reserved)
                .description("millicores of the budget that live streams have reserved")
                .register(registry);
        decision = Timer.builder("framequota.scheduler.decision")
                .description("Time of a scheduling step: events applied, policy asked, grants and limits decided")
                .serviceLevelObjectives(
                        Duration.ofNanos(100_000),
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1))
                .register(registry);
        kept("decisions", () -> decisionsKept);
        kept("ended-jobs", () -> endedJobsKept);
        kept("events", () -> eventsKept);
        delay("idle", 0.5, () -> (int) idle.p50Us());
        delay("idle", 0.99, () -> (int) idle.p99Us());
        delay("prefetched", 0.5, () -> (int) prefetched.p50Us());
        delay("prefetched", 0.99, () -> (int) prefetched.p99Us());
    }

    private void delay(String grants, double quantile, IntSupplier us) {
        Gauge.builder("framequota.scheduler.first.frame.seconds", () -> us.getAsInt() / 1e6)
                .description("from the decision (idle), or from when the worker became free (prefetched), to the first"
                        + " frame; over the last decisions")
                .tags(Tags.of("grants", grants, "quantile", Double.toString(quantile)))
                .register(registry);
    }

    private void kept(String what, IntSupplier number) {
        Gauge.builder("framequota.scheduler.kept", number::getAsInt)
                .description(
                        "decisions, ended jobs and events kept for replays; the oldest decisions and jobs are dropped first,"
                                + " events are kept completely or not at all")
                .tag("what", what)
                .register(registry);
    }

    void kept(int decisions, int endedJobs, int events) {
        eventsKept = events;
        decisionsKept = decisions;
        endedJobsKept = endedJobs;
    }

    void depth(IntSupplier depth) {
        Gauge.builder("framequota.scheduler.queue", depth::getAsInt)
                .description("events waiting for the event loop")
                .register(registry);
    }

    /** Makes a scheduling step and measures its time. */
    void decision(Runnable step) {
        decision.record(step);
    }

    void leads(boolean now) {
        leads = now;
    }

    void count(DispatchEvent event) {
        Counter.builder("framequota.scheduler.events")
                .description("Events that the scheduler applied, by kind")
                .tag("kind", kind(event))
                .register(registry)
                .increment();
    }

    void count(DispatchCommand command) {
        Counter.builder("framequota.scheduler.commands")
                .description("Commands to workers and to ingest-service, by kind")
                .tag("kind", kind(command))
                .register(registry)
                .increment();
    }

    /** So many live streams have reserved so many millicores. */
    void streams(int number, int millicores) {
        streams = number;
        reserved = millicores;
    }

    /** Updates the backlog from time to time, because it is a sum over all jobs. */
    void backlog(DoubleSupplier coreSeconds) {
        long now = System.nanoTime();
        if (now - backlogAtNanos >= BACKLOG_EVERY_NANOS) {
            backlogAtNanos = now;
            backlog = coreSeconds.getAsDouble();
        }
    }

    /** Updates the delays from time to time, because that sorts them. */
    void delays(DecisionLog log) {
        long now = System.nanoTime();
        if (now - delaysAtNanos > DELAYS_EVERY_NANOS) {
            delaysAtNanos = now;
            idle = log.delays(false);
            prefetched = log.delays(true);
        }
    }

    private static String kind(Record value) {
        return value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String kind(DispatchEvent event) {
        return kind((Record) event);
    }

    private static String kind(DispatchCommand command) {
        return kind((Record) command);
    }
}
