package io.framequota.lab.videos;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.lab.experiment.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When each request ran on which worker, from the scheduler's record of grants.
 *
 * @param held the executed chunks in order of their start
 */
record GrantHistory(List<Held> held) {
    /** Millicores of a worker of the local system. */
    private static final double CORE_MILLI = 1000;

    /**
     * An executed chunk.
     *
     * @param request number of the request in the file
     * @param prefetched whether the chunk waited at its worker while another one ran
     */
    record Held(int request, String worker, boolean prefetched, double fromS, double toS) {}

    /**
     * Reads the server's answer.
     *
     * @param requests request numbers by job id
     * @param start start of the run
     */
    static GrantHistory of(JsonNode decisions, Map<String, Integer> requests, Instant start) {
        List<Held> held = new ArrayList<>();
        for (JsonNode decision : decisions.path("decisions")) {
            Integer request = requests.get(decision.path("job").asText());
            if (request != null
                    && decision.path("started_at").isTextual()
                    && decision.path("finished_at").isTextual()) {
                held.add(new Held(
                        request,
                        decision.path("worker").asText(),
                        decision.path("prefetched").asBoolean(),
                        seconds(start, decision.path("started_at")),
                        seconds(start, decision.path("finished_at"))));
            }
        }
        held.sort(Comparator.comparingDouble(Held::fromS));
        return new GrantHistory(List.copyOf(held));
    }

    private static double seconds(Instant start, JsonNode at) {
        return CompletedRequest.seconds(start, Instant.parse(at.asText()));
    }

    /** Changes of the millicores of each job. */
    List<Run.Change> changes() {
        record Step(double atS, int request, int workers) {}
        List<Step> steps = new ArrayList<>();
        for (Held chunk : held) {
            steps.add(new Step(chunk.fromS, chunk.request, 1));
            steps.add(new Step(chunk.toS, chunk.request, -1));
        }
        steps.sort(Comparator.comparingDouble(Step::atS));
        Map<Integer, Integer> workers = new HashMap<>();
        return steps.stream()
                .map(s -> new Run.Change(
                        s.atS, s.request, CORE_MILLI * workers.merge(s.request, s.workers, Integer::sum)))
                .toList();
    }

    /** Mean milliseconds from the end of a chunk until the waiting chunk began; 0 without one. */
    double handoverMs() {
        Map<String, Held> before = new HashMap<>();
        double sumMs = 0;
        int count = 0;
        for (Held chunk : held) {
            Held previous = before.put(chunk.worker, chunk);
            if (previous != null && chunk.prefetched) {
                sumMs += Math.max(0, chunk.fromS - previous.toS) * 1000;
                count++;
            }
        }
        return count == 0 ? 0 : sumMs / count;
    }
}
