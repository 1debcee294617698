package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.FrameKind;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
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
record JobReplay(List<ModelProfile> learnt, List<TimedJobEvent> facts) {
    /** What an earlier leader measured counts as this much. */
    private static final double FRAMES = 500;

    static JobReplay of(List<RecordedJob> jobs, int mostChunks) {
        Map<String, Map<FrameKind, Double>> costs = new LinkedHashMap<>();
        List<TimedJobEvent> facts = new ArrayList<>();
        double longer =
                Math.max(1, jobs.stream().mapToDouble(RecordedJob::chunks).sum() / mostChunks);
        for (RecordedJob job : jobs) {
            // What the first job of a kind was taken to cost; 0 when nobody knew.
            costs.computeIfAbsent(job.model(), m -> new LinkedHashMap<>()).putIfAbsent(job.kind(), job.perFrameThenS());
        }
        for (int i = 0; i < jobs.size(); i++) {
            add(facts, i + 1L, jobs.get(i), longer);
        }
        facts.sort(Comparator.comparingDouble(TimedJobEvent::atS));
        return new JobReplay(learnt(costs), facts);
    }

    private static List<ModelProfile> learnt(Map<String, Map<FrameKind, Double>> costs) {
        List<ModelProfile> learnt = new ArrayList<>();
        costs.forEach((model, byKind) -> {
            List<ModelProfile.Cost> known = byKind.entrySet().stream()
                    .filter(e -> e.getValue() > 0)
                    .map(e -> new ModelProfile.Cost(
                            e.getKey(), FRAMES * e.getValue(), FRAMES, FRAMES * e.getValue() * e.getValue()))
                    .toList();
            if (!known.isEmpty()) {
                learnt.add(new ModelProfile(
                        model,
                        known.stream()
                                .mapToDouble(ModelProfile.Cost::coreSeconds)
                                .sum(),
                        known.stream().mapToDouble(ModelProfile.Cost::frames).sum(),
                        List.of(),
                        known.stream().filter(c -> c.kind().pixels() > 0).toList()));
            }
        });
        return learnt;
    }

    private static void add(List<TimedJobEvent> facts, long number, RecordedJob job, double longer) {
        String id = Long.toString(number);
        Arrival arrival = new Arrival(number, job.heardS(), job.sizeS(), job.labels(), job.parallelism());
        RecordedJob.Known first =
                job.known().isEmpty() || job.known().getFirst().atS() > job.heardS()
                        ? new RecordedJob.Known(job.heardS(), 0, false)
                        : job.known().getFirst();
        JobDescriptor spec = new JobDescriptor(
                id,
                number,
                job.model(),
                job.labels(),
                first.frames(),
                job.parallelism(),
                JobDescriptor.WHEN_HEARD,
                first.estimated(),
                job.kind());
        int[] frames = parts(job.frames(), (int) Math.max(1, Math.min(job.frames(), Math.ceil(job.chunks() / longer))));
        double perFrameS = job.sizeS() / job.frames();
        SimulatedJob chunked = SimulatedJob.left(
                arrival,
                spec,
                0,
                frames,
                Arrays.stream(frames).mapToDouble(f -> f * perFrameS).toArray());
        facts.add(new TimedJobEvent(job.heardS(), chunked, new DispatchEvent.JobSubmitted(chunked.announced())));
        for (RecordedJob.Known known : job.known()) {
            if (known.atS() > job.heardS()) {
                facts.add(new TimedJobEvent(
                        known.atS(),
                        chunked,
                        new DispatchEvent.JobProbed(id, known.frames(), known.estimated(), job.kind())));
            }
        }
        List<ChunkSpec> chunks = chunked.state().open();
        for (int c = 0; c < chunks.size(); c++) {
            double part = chunks.size() == 1 ? 1 : (double) c / (chunks.size() - 1);
            // A chunk that stands for several is there when the last of them was.
            double atS = job.firstReadyS() + (job.lastReadyS() - job.firstReadyS()) * part;
            facts.add(new TimedJobEvent(
                    Math.max(job.heardS(), atS), chunked, new DispatchEvent.ChunkReady(chunks.get(c))));
        }
        facts.add(new TimedJobEvent(
                Math.max(job.heardS(), job.lastReadyS()), chunked, new DispatchEvent.JobDecoded(id, chunks.size())));
    }

    private static int[] parts(long frames, int parts) {
        int[] lengths = new int[parts];
        for (int i = 0; i < parts; i++) {
            lengths[i] = (int) (frames * (i + 1) / parts - frames * i / parts);
        }
        return lengths;
    }
}
