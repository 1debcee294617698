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
 * Who ran on which worker from when to when, from the scheduler's own record of its grants.
 *
 * @param held one element for each chunk that was run, by the time at which it began
 */
record GrantHistory(List<Held> held) {
    /** Of a worker of the local system, which has a core. */
    private static final double CORE_MILLI = 1000;

    /**
     * A chunk that was run.
     *
     * @param request number in the file
     * @param prefetched whether it waited at its worker while another one ran
     */
    record Held(int request, String worker, boolean prefetched, double fromS, double toS) {}

    /**
     * Reads what the server answers.
     *
     * @param requests numbers by job
     * @param start from which seconds count
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

    /** How many millicores each job had from when on. */
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

    /** Mean milliseconds from a chunk's end until the one that waited behind it began; 0 when none did. */
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
