package io.framequota.cli.experiment.videos;

import io.framequota.burner.MachineTime;
import io.framequota.cli.terminal.Failure;
import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Predictor;
import io.framequota.scheduler.experiment.Run;
import io.framequota.scheduler.experiment.RunFailedException;
import io.framequota.scheduler.experiment.Runner;
import io.framequota.scheduler.experiment.Summaries;
import io.framequota.scheduler.experiment.Videos;
import io.framequota.scheduler.policy.ChosenPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs in one system after the other, each as long as its terms fit. For one thread. */
final class VideoRunner implements Runner {
    private static final long LEAD_MS = 250;

    private final VideoSystem.Starter starter;
    private final Predictor predictor;
    private final List<Experiment> variants;
    private final int processors;
    private final Consumer<String> progress;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private @Nullable Session session;
    private double latestS;

    /**
     * With a way to start systems.
     *
     * @param variants that will be run
     * @param processors of the machine that the systems run on
     * @param progress is told what else is done beside runs
     */
    VideoRunner(
            VideoSystem.Starter starter,
            Predictor predictor,
            List<Experiment> variants,
            int processors,
            Consumer<String> progress) {
        this.starter = starter;
        this.predictor = predictor;
        this.variants = variants;
        this.processors = processors;
        this.progress = progress;
    }

    @Override
    public Run run(Experiment experiment, Actuator actuator, ChosenPolicy policy, long seed)
            throws InterruptedException {
        Videos videos = Videos.of(experiment).orElseThrow();
        Session here = session(SystemTerms.of(experiment, actuator, variants));
        try {
            List<Alone> alone = here.alone(videos);
            facts.putAll(here.facts());
            here.choose(policy, actuator);
            return measured(here, experiment, videos, actuator, policy, seed, alone);
        } catch (RunFailedException e) {
            here.system.keepLogs();
            throw e;
        } catch (Failure e) {
            if (e.exitCode() == Failure.WORK_FAILED) {
                here.system.keepLogs();
            }
            throw e;
        }
    }

    private Session session(SystemTerms terms) throws InterruptedException {
        if (session == null || !session.terms.equals(terms)) {
            close();
            progress.accept("starting a system with " + terms.workers() + " workers and " + terms.budget() + "m");
            session = new Session(starter.start(terms), terms, progress);
            facts.put("system", terms.workers() + " workers, " + terms.budget() + "m");
        }
        return session;
    }

    private Run measured(
            Session here,
            Experiment experiment,
            Videos videos,
            Actuator actuator,
            ChosenPolicy policy,
            long seed,
            List<Alone> alone)
            throws InterruptedException {
        int restarts = here.system.restarts();
        double throttled = throttledS(here, actuator);
        VideoSystem.Used usedBefore = here.system.used();
        double machineBefore = MachineTime.busyS();
        Instant begin = Instant.now();
        Instant start = begin.plusMillis(LEAD_MS);
        List<Ended> ended;
        List<Run.Change> changes;
        double handoverMs;
        // Chunks that take turns are on record; quotas have to be looked at while they are in force.
        try (@Nullable Shares shares = actuator == Actuator.DISPATCH ? null : new Shares(here.client)) {
            ended = new Requests(here.client, videos).run(start);
            TimeUnit.MILLISECONDS.sleep(Session.SETTLE_MS);
            Map<String, Integer> requests = new HashMap<>();
            ended.forEach(e -> requests.put(e.job().id(), e.request()));
            Grants grants = Grants.of(here.client.get("/api/v1/decisions"), requests, start);
            changes = shares == null ? grants.changes() : shares.changes(requests, start);
            handoverMs = shares == null ? grants.handoverMs() : 0;
        }
        VideoSystem.Used used = here.system.used().since(usedBefore);
        double others = Math.max(0, MachineTime.busyS() - machineBefore - used.allS());
        double lastedS = Ended.seconds(begin, Instant.now());
        if (here.system.restarts() != restarts) {
            throw new RunFailedException("a process of the system ended during a run and was started again:"
                    + " what that run took says nothing");
        }
        ended.forEach(e -> latestS = Math.max(latestS, e.lateS()));
        List<Run.JobRun> jobs = jobs(ended, videos, here.terms, alone, start);
        return new Run(
                seed,
                Summaries.of(jobs),
                0,
                jobs,
                jobs.stream().map(Run.JobRun::responseS).sorted().toList(),
                untilTheEnd(changes, jobs),
                Math.max(0, throttledS(here, actuator) - throttled),
                used.allS(),
                others / lastedS,
                new Forecast(predictor, here.terms, processors)
                        .meanS(experiment, videos, actuator, policy, seed, alone),
                handoverMs,
                Map.of());
    }

    private static double throttledS(Session here, Actuator actuator) throws InterruptedException {
        return actuator == Actuator.DISPATCH ? 0 : Shares.throttledS(here.client.get("/api/v1/allocation"));
    }

    private List<Run.JobRun> jobs(
            List<Ended> ended, Videos videos, SystemTerms terms, List<Alone> alone, Instant start) {
        List<Run.JobRun> jobs = new ArrayList<>();
        for (Ended end : ended) {
            int i = end.request() - 1;
            Alone cost = alone.get(i);
            jobs.add(new Run.JobRun(
                    end.request(),
                    videos.arrivals().get(i),
                    Ended.seconds(start, end.at()),
                    cost.known() ? cost.sizeS(terms, processors) : cost.seconds() * terms.cores()));
        }
        return List.copyOf(jobs);
    }

    /** A job that has ended holds nothing. */
    private static List<Run.Change> untilTheEnd(List<Run.Change> changes, List<Run.JobRun> jobs) {
        Map<Long, Double> ends = new HashMap<>();
        jobs.forEach(j -> ends.put(j.id(), j.endS()));
        List<Run.Change> all = new ArrayList<>();
        changes.stream()
                .filter(c -> c.atS() < ends.getOrDefault(c.job(), Double.MAX_VALUE))
                .forEach(all::add);
        ends.forEach((job, end) -> all.add(new Run.Change(end, job, 0)));
        all.sort(Comparator.comparingDouble(Run.Change::atS));
        return List.copyOf(all);
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> all = new LinkedHashMap<>(facts);
        all.put("submitted", String.format(Locale.ROOT, "at most %.0f ms later than intended", latestS * 1000));
        return all;
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
