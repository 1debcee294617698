package io.framequota.lab.videos;

import io.framequota.client.JobStatus;
import io.framequota.common.failure.Failure;
import io.framequota.lab.burner.MachineCpuTime;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.PolicyRunner;
import io.framequota.lab.experiment.ResponsePredictor;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.experiment.Summaries;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs policies on videos in a whole system. A system is used again as long as its settings fit. For one thread. */
public final class VideoRunner implements PolicyRunner {
    private static final long LEAD_MS = 250;

    private final VideoSystem.Starter starter;
    private final ResponsePredictor predictor;
    private final List<Experiment> variants;
    private final int processors;
    private final Consumer<String> progress;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private @Nullable MeasuredSystem system;
    private double latestS;

    /**
     * Creates a runner.
     *
     * @param starter starts the systems
     * @param variants all variants that will be run
     * @param processors of the machine that the systems run on
     * @param progress is told, in words, what happens between runs
     */
    public VideoRunner(
            VideoSystem.Starter starter,
            ResponsePredictor predictor,
            List<Experiment> variants,
            int processors,
            Consumer<String> progress) {
        this.starter = starter;
        this.predictor = predictor;
        this.variants = variants;
        this.processors = processors;
        this.progress = progress;
    }

    /**
     * Checks that a backend can run the videos of an experiment, if it has any.
     *
     * @throws InvalidExperimentException for videos in pods, and for videos of unknown size in the simulator
     */
    public static void checkBackend(Experiment experiment, ExperimentBackend backend) {
        VideoWorkload videos = VideoWorkload.of(experiment).orElse(null);
        if (videos == null
                || backend == ExperimentBackend.LOCAL
                || (backend == ExperimentBackend.SIMULATOR && videos.sized())) {
            return;
        }
        String instead = backend == ExperimentBackend.SIMULATOR
                ? "the simulator cannot know what videos cost; allowed: --on local, or sizes: [...] in workload.videos, the"
                        + " CPU seconds of each source at one core"
                : "videos do not run in burner pods; allowed: --on local";
        throw new InvalidExperimentException(experiment.name() + ": workload.videos: " + instead);
    }

    /**
     * Checks an experiment with videos before anything is started.
     *
     * @param processors of this machine
     * @throws InvalidExperimentException if it cannot run here
     */
    public static void check(Experiment experiment, int processors) {
        if (!(experiment.speedup() instanceof Speedup.Linear)) {
            throw new InvalidExperimentException(experiment.name() + ": speedup: " + experiment.speedupText()
                    + " does not apply to videos, which use the cores that they are given; allowed: linear");
        }
        if (experiment.cores() > processors) {
            throw new InvalidExperimentException(experiment.name() + ": cores: " + experiment.cores()
                    + " are more than this machine has; allowed: up to " + processors);
        }
        VideoWorkload videos = VideoWorkload.of(experiment).orElseThrow();
        for (VideoWorkload.Named source : videos.requests()) {
            try {
                RequestSubmitter.source(source);
            } catch (Failure e) {
                throw source.bad(e.line());
            }
        }
        videos.repository().filter(r -> !Files.isDirectory(r.path())).ifPresent(r -> {
            throw r.bad("there is no folder " + r.text() + " beside the experiment; allowed: a model repository");
        });
    }

    @Override
    public Run run(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed)
            throws InterruptedException {
        VideoWorkload videos = VideoWorkload.of(experiment).orElseThrow().drawn(seed);
        MeasuredSystem system = system(SystemSettings.of(experiment, actuator, variants));
        try {
            List<SoloRun> soloRuns = system.soloRuns(videos);
            facts.putAll(system.facts());
            system.choose(policy, actuator);
            return measured(system, experiment, videos, actuator, policy, seed, soloRuns);
        } catch (RunFailedException e) {
            system.processes.keepLogs();
            throw e;
        } catch (Failure e) {
            if (e.exitCode() == Failure.WORK_FAILED) {
                system.processes.keepLogs();
            }
            throw e;
        }
    }

    private MeasuredSystem system(SystemSettings settings) throws InterruptedException {
        if (system == null || !system.settings.equals(settings)) {
            close();
            progress.accept("starting a system with " + settings.workers() + " workers and " + settings.budget() + "m");
            system = new MeasuredSystem(starter.start(settings), settings, progress);
            facts.put("system", settings.workers() + " workers, " + settings.budget() + "m");
        }
        return system;
    }

    private Run measured(
            MeasuredSystem system,
            Experiment experiment,
            VideoWorkload videos,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            List<SoloRun> soloRuns)
            throws InterruptedException {
        int restarts = system.processes.restarts();
        double throttled = throttledS(system, actuator);
        VideoSystem.Used usedBefore = system.processes.used();
        double machineBefore = MachineCpuTime.busyS();
        Instant begin = Instant.now();
        Instant start = begin.plusMillis(LEAD_MS);
        List<CompletedRequest> completed;
        List<Run.Change> changes;
        double handoverMs;
        // The scheduler records chunks; quotas must be sampled while they are in force.
        try (@Nullable
                AllocationSampler shares =
                        actuator == ActuatorKind.DISPATCH ? null : new AllocationSampler(system.client)) {
            completed = new RequestSubmitter(system.client, videos).run(start);
            TimeUnit.MILLISECONDS.sleep(MeasuredSystem.SETTLE_MS);
            Map<String, Integer> requests = new HashMap<>();
            completed.forEach(e -> requests.put(e.job().id(), e.request()));
            GrantHistory grants = GrantHistory.of(system.client.get("/api/v1/decisions"), requests, start);
            changes = shares == null ? grants.changes() : shares.changes(requests, start);
            handoverMs = shares == null ? grants.handoverMs() : 0;
        }
        VideoSystem.Used used = system.processes.used().since(usedBefore);
        double others = Math.max(0, MachineCpuTime.busyS() - machineBefore - used.allS());
        double lastedS = CompletedRequest.seconds(begin, Instant.now());
        if (system.processes.restarts() != restarts) {
            throw new RunFailedException("a process of the system ended during a run and was started again;"
                    + " its response times are not valid");
        }
        completed.forEach(e -> latestS = Math.max(latestS, e.lateS()));
        List<Run.JobRun> jobs = jobs(completed, videos, system.settings, soloRuns, start);
        return new Run(
                seed,
                Summaries.of(jobs),
                0,
                jobs,
                jobs.stream().map(Run.JobRun::responseS).sorted().toList(),
                untilTheEnd(changes, jobs),
                Math.max(0, throttledS(system, actuator) - throttled),
                used.allS(),
                others / lastedS,
                new VideoForecast(predictor, system.settings, processors)
                        .meanS(experiment, videos, actuator, policy, seed, soloRuns),
                handoverMs,
                Map.of(),
                replays(system, begin));
    }

    private static double throttledS(MeasuredSystem system, ActuatorKind actuator) throws InterruptedException {
        return actuator == ActuatorKind.DISPATCH
                ? 0
                : AllocationSampler.throttledS(system.client.get("/api/v1/allocation"));
    }

    /** Mean response by policy in the scheduler's replay of the run. */
    private static Map<String, Double> replays(MeasuredSystem system, Instant begin) throws InterruptedException {
        Map<String, Double> means = new LinkedHashMap<>();
        double hours = CompletedRequest.seconds(begin, Instant.now().plusSeconds(1)) / 3600;
        system.client
                .get("/api/v1/policies/shadow?hours=" + hours)
                .path("policies")
                .forEach(p -> means.put(
                        p.path("policy").asText(), p.path("mean_response_s").asDouble()));
        return means;
    }

    private List<Run.JobRun> jobs(
            List<CompletedRequest> completed,
            VideoWorkload videos,
            SystemSettings settings,
            List<SoloRun> soloRuns,
            Instant start) {
        List<Run.JobRun> jobs = new ArrayList<>();
        for (CompletedRequest end : completed) {
            int i = end.request() - 1;
            SoloRun cost = soloRuns.get(i);
            jobs.add(new Run.JobRun(
                    end.request(),
                    videos.arrivals().get(i),
                    CompletedRequest.seconds(start, end.at()),
                    cost.known() ? cost.sizeS(settings, processors) : cost.seconds() * settings.cores(),
                    Map.of(),
                    forecast(end.job())));
        }
        return List.copyOf(jobs);
    }

    /** The first forecast counts from the submission, which is close to the intended one. */
    private static Optional<Run.Forecast> forecast(JobStatus job) {
        return Double.isNaN(job.forecastS())
                ? Optional.empty()
                : Optional.of(new Run.Forecast(
                        job.forecastS(), Optional.of(new Run.Range(job.forecastP10S(), job.forecastP90S()))));
    }

    /** Ends the share of each job at the job's end. */
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
        if (system != null) {
            system.close();
            system = null;
        }
    }
}
