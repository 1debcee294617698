package io.framequota.lab.videos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.client.ServerClient;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A running system and the costs measured in it. For one thread. Closing ends the system. */
final class MeasuredSystem implements AutoCloseable {
    /** Time for the scheduler to switch its actuator. */
    private static final Duration TAKE_OVER = Duration.ofSeconds(20);

    /** After the end of a job, its frames are still being removed. */
    static final long SETTLE_MS = 250;

    /** Costs are settled when the next round takes more than this part of the last one. */
    private static final double SETTLED = 0.97;

    private static final int MAX_ROUNDS = 6;

    /** Requests of the same kind cost the same. */
    record Kind(String source, String model, int every) {
        static Kind of(VideoWorkload videos, int request) {
            return new Kind(
                    videos.requests().get(request).text(),
                    videos.model().text(),
                    videos.every().get(request));
        }

        /** In words, for people. */
        @Override
        public String toString() {
            return every == 1 ? source : source + ", one frame in " + every;
        }
    }

    final SystemSettings settings;
    final VideoSystem processes;
    final ServerClient client;
    private final Consumer<String> progress;
    private final Map<Kind, SoloRun> soloRuns = new LinkedHashMap<>();

    MeasuredSystem(VideoSystem processes, SystemSettings settings, Consumer<String> progress) {
        this.processes = processes;
        this.settings = settings;
        this.client = new ServerClient(processes.url());
        this.progress = progress;
    }

    /** Sets the policy and the actuator, and waits until both are live. */
    void choose(ConfiguredPolicy policy, ActuatorKind actuator) throws InterruptedException {
        ObjectNode choice = new ObjectMapper()
                .createObjectNode()
                .put("policy", policy.name())
                .put("actuator", actuator.word());
        ObjectNode parameters = choice.putObject("parameters");
        policy.parameters().forEach(parameters::put);
        client.put("/api/v1/policy", choice);
        Instant end = Instant.now().plus(TAKE_OVER);
        JsonNode allocation = client.get("/api/v1/allocation");
        while (!allocation.path("actuator").asText().equals(actuator.word())) {
            if (Instant.now().isAfter(end)) {
                throw new RunFailedException("the system did not switch to actuator " + actuator.word() + " within "
                        + TAKE_OVER.toSeconds() + " s: "
                        + allocation.path("notice").asText("no reason given"));
            }
            TimeUnit.MILLISECONDS.sleep(20);
            allocation = client.get("/api/v1/allocation");
        }
    }

    /**
     * Returns the cost of each request alone. A new system still compiles its code, so all unknown costs are measured again until their
     * sum no longer falls, and the least of each counts.
     */
    List<SoloRun> soloRuns(VideoWorkload videos) throws InterruptedException {
        Map<Kind, Integer> unknown = new LinkedHashMap<>();
        for (int i = 0; i < videos.count(); i++) {
            Kind kind = Kind.of(videos, i);
            if (!soloRuns.containsKey(kind)) {
                unknown.putIfAbsent(kind, i);
            }
        }
        double before = Double.POSITIVE_INFINITY;
        double sum = Double.MAX_VALUE;
        for (int round = 1; !unknown.isEmpty() && round <= MAX_ROUNDS && sum < SETTLED * before; round++) {
            before = sum;
            sum = measure(videos, unknown, round);
        }
        return IntStream.range(0, videos.count())
                .mapToObj(i -> soloRuns.get(Kind.of(videos, i)))
                .toList();
    }

    /** Measures each kind once, and returns the CPU time of all. */
    private double measure(VideoWorkload videos, Map<Kind, Integer> kinds, int round) throws InterruptedException {
        choose(VideoForecast.everyWorker(), ActuatorKind.DISPATCH);
        double sum = 0;
        for (Map.Entry<Kind, Integer> kind : kinds.entrySet()) {
            progress.accept("measuring " + kind.getKey() + " alone, round " + round);
            SoloRun measured = run(videos.single(kind.getValue()));
            soloRuns.merge(kind.getKey(), measured, SoloRun::cheaper);
            sum += measured.used().allS();
        }
        return sum;
    }

    private SoloRun run(VideoWorkload one) throws InterruptedException {
        VideoSystem.Used before = processes.used();
        CompletedRequest completed =
                new RequestSubmitter(client, one).run(Instant.now()).getFirst();
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        return new SoloRun(
                completed.responseS(),
                completed.job().frames(),
                completed.job().json().path("chunks").asInt(),
                processes.used().since(before));
    }

    /** The measured costs in words, for the report. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        soloRuns.forEach((kind, measured) -> facts.put("alone: " + kind, measured.toString()));
        return facts;
    }

    @Override
    public void close() {
        client.close();
        processes.close();
    }
}
