package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The events of past jobs in order of time, for another run.
 *
 * @param profiles costs of models as known when their first job arrived
 * @param events events about the jobs
 */
record JobReplay(List<ModelProfile> profiles, List<TimedJobEvent> events) {
    /** The weight of a known cost. */
    private static final double KNOWN_FRAMES = 500;

    static JobReplay of(List<RecordedJob> jobs, int mostChunks) {
        Map<String, Map<FrameFormat, Double>> costs = new LinkedHashMap<>();
        List<TimedJobEvent> events = new ArrayList<>();
        double longer =
                Math.max(1, jobs.stream().mapToDouble(RecordedJob::chunks).sum() / mostChunks);
        for (RecordedJob job : jobs) {
            // The cost that was assumed for the first job of a kind; 0 if unknown.
            costs.computeIfAbsent(job.model(), m -> new LinkedHashMap<>())
                    .putIfAbsent(job.format(), job.perFrameThenS());
        }
        for (int i = 0; i < jobs.size(); i++) {
            add(events, i + 1L, jobs.get(i), longer);
        }
        events.sort(Comparator.comparingDouble(TimedJobEvent::atS));
        return new JobReplay(profiles(costs), events);
    }

    private static List<ModelProfile> profiles(Map<String, Map<FrameFormat, Double>> costs) {
        List<ModelProfile> profiles = new ArrayList<>();
        costs.forEach((model, byKind) -> {
            List<ModelProfile.Cost> known = byKind.entrySet().stream()
                    .filter(e -> e.getValue() > 0)
                    .map(e -> new ModelProfile.Cost(
                            e.getKey(),
                            KNOWN_FRAMES * e.getValue(),
                            KNOWN_FRAMES,
                            KNOWN_FRAMES * e.getValue() * e.getValue()))
                    .toList();
            if (!known.isEmpty()) {
                profiles.add(new ModelProfile(
                        model,
                        known.stream()
                                .mapToDouble(ModelProfile.Cost::coreSeconds)
                                .sum(),
                        known.stream().mapToDouble(ModelProfile.Cost::frames).sum(),
                        List.of(),
                        known.stream().filter(c -> c.format().pixels() > 0).toList()));
            }
        });
        return profiles;
    }

    private static void add(List<TimedJobEvent> events, long number, RecordedJob job, double longer) {
        String id = Long.toString(number);
        Arrival arrival = new Arrival(number, job.heardS(), job.sizeS(), job.labels(), job.parallelism());
        RecordedJob.Known first =
                job.known().isEmpty() || job.known().getFirst().atS() > job.heardS()
                        ? new RecordedJob.Known(job.heardS(), 0, false)
                        : job.known().getFirst();
        JobDescriptor descriptor = new JobDescriptor(
                id,
                number,
                job.model(),
                job.labels(),
                first.frames(),
                job.parallelism(),
                JobDescriptor.WHEN_HEARD,
                first.estimated(),
                job.format());
        int[] frames = parts(job.frames(), (int) Math.max(1, Math.min(job.frames(), Math.ceil(job.chunks() / longer))));
        double perFrameS = job.sizeS() / job.frames();
        SimulatedJob simulated = SimulatedJob.left(
                arrival,
                descriptor,
                0,
                frames,
                Arrays.stream(frames).mapToDouble(f -> f * perFrameS).toArray());
        events.add(new TimedJobEvent(job.heardS(), simulated, new DispatchEvent.JobSubmitted(simulated.announced())));
        for (RecordedJob.Known known : job.known()) {
            if (known.atS() > job.heardS()) {
                events.add(new TimedJobEvent(
                        known.atS(),
                        simulated,
                        new DispatchEvent.JobProbed(id, known.frames(), known.estimated(), job.format())));
            }
        }
        List<ChunkSpec> chunks = simulated.state().open();
        for (int c = 0; c < chunks.size(); c++) {
            double part = chunks.size() == 1 ? 1 : (double) c / (chunks.size() - 1);
            // A chunk that replaces several chunks is available when the last of them was.
            double atS = job.firstReadyS() + (job.lastReadyS() - job.firstReadyS()) * part;
            events.add(new TimedJobEvent(
                    Math.max(job.heardS(), atS), simulated, new DispatchEvent.ChunkReady(chunks.get(c))));
        }
        events.add(new TimedJobEvent(
                Math.max(job.heardS(), job.lastReadyS()), simulated, new DispatchEvent.JobDecoded(id, chunks.size())));
    }

    private static int[] parts(long frames, int parts) {
        int[] lengths = new int[parts];
        for (int i = 0; i < parts; i++) {
            lengths[i] = (int) (frames * (i + 1) / parts - frames * i / parts);
        }
        return lengths;
    }
}
