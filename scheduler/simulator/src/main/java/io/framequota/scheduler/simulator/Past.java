package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.FrameKind;
import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.dispatch.Learnt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a dispatcher was told of past jobs, in order of time.
 *
 * @param learnt what was measured of models when the first of their jobs came
 * @param facts about jobs
 */
record Past(List<Learnt> learnt, List<Coming> facts) {
    /** What an earlier leader measured counts as this much. */
    private static final double FRAMES = 500;

    static Past of(List<PastJob> jobs, int mostChunks) {
        Map<String, Map<FrameKind, Double>> costs = new LinkedHashMap<>();
        List<Coming> facts = new ArrayList<>();
        double longer = Math.max(1, jobs.stream().mapToDouble(PastJob::chunks).sum() / mostChunks);
        for (PastJob job : jobs) {
            // What the first job of a kind was taken to cost; 0 when nobody knew.
            costs.computeIfAbsent(job.model(), m -> new LinkedHashMap<>()).putIfAbsent(job.kind(), job.perFrameThenS());
        }
        for (int i = 0; i < jobs.size(); i++) {
            add(facts, i + 1L, jobs.get(i), longer);
        }
        facts.sort(Comparator.comparingDouble(Coming::atS));
        return new Past(learnt(costs), facts);
    }

    private static List<Learnt> learnt(Map<String, Map<FrameKind, Double>> costs) {
        List<Learnt> learnt = new ArrayList<>();
        costs.forEach((model, byKind) -> {
            List<Learnt.Cost> known = byKind.entrySet().stream()
                    .filter(e -> e.getValue() > 0)
                    .map(e -> new Learnt.Cost(
                            e.getKey(), FRAMES * e.getValue(), FRAMES, FRAMES * e.getValue() * e.getValue()))
                    .toList();
            if (!known.isEmpty()) {
                learnt.add(new Learnt(
                        model,
                        known.stream().mapToDouble(Learnt.Cost::coreSeconds).sum(),
                        known.stream().mapToDouble(Learnt.Cost::frames).sum(),
                        List.of(),
                        known.stream().filter(c -> c.kind().pixels() > 0).toList()));
            }
        });
        return learnt;
    }

    private static void add(List<Coming> facts, long number, PastJob job, double longer) {
        String id = Long.toString(number);
        Arrival arrival = new Arrival(number, job.heardS(), job.sizeS(), job.labels(), job.parallelism());
        PastJob.Known first = job.known().isEmpty() || job.known().getFirst().atS() > job.heardS()
                ? new PastJob.Known(job.heardS(), 0, false)
                : job.known().getFirst();
        JobSpec spec = new JobSpec(
                id,
                number,
                job.model(),
                job.labels(),
                first.frames(),
                job.parallelism(),
                JobSpec.WHEN_HEARD,
                first.estimated(),
                job.kind());
        int[] frames = parts(job.frames(), (int) Math.max(1, Math.min(job.frames(), Math.ceil(job.chunks() / longer))));
        double perFrameS = job.sizeS() / job.frames();
        ChunkedJob chunked = ChunkedJob.left(
                arrival,
                spec,
                0,
                frames,
                Arrays.stream(frames).mapToDouble(f -> f * perFrameS).toArray());
        facts.add(new Coming(job.heardS(), chunked, new Event.JobSubmitted(chunked.announced())));
        for (PastJob.Known known : job.known()) {
            if (known.atS() > job.heardS()) {
                facts.add(new Coming(
                        known.atS(), chunked, new Event.JobProbed(id, known.frames(), known.estimated(), job.kind())));
            }
        }
        List<ChunkSpec> chunks = chunked.state().open();
        for (int c = 0; c < chunks.size(); c++) {
            double part = chunks.size() == 1 ? 1 : (double) c / (chunks.size() - 1);
            // A chunk that stands for several is there when the last of them was.
            double atS = job.firstReadyS() + (job.lastReadyS() - job.firstReadyS()) * part;
            facts.add(new Coming(Math.max(job.heardS(), atS), chunked, new Event.ChunkReady(chunks.get(c))));
        }
        facts.add(
                new Coming(Math.max(job.heardS(), job.lastReadyS()), chunked, new Event.JobDecoded(id, chunks.size())));
    }

    private static int[] parts(long frames, int parts) {
        int[] lengths = new int[parts];
        for (int i = 0; i < parts; i++) {
            lengths[i] = (int) (frames * (i + 1) / parts - frames * i / parts);
        }
        return lengths;
    }
}
