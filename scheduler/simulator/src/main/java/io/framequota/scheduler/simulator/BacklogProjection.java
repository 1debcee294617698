package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.GrantRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts when the open jobs will end if no further jobs arrive: the production dispatcher continues from a snapshot
 * under a virtual clock, with the same policy, workers and grants.
 *
 * <p>The time that a projection takes is bounded. If there are more than {@link #MOST_JOBS} jobs, only the first ones
 * in the policy's order are simulated. The others are assumed to be served one after the other behind them, and are
 * marked.
 *
 * @param ends predicted ends in order of arrival. A job of unknown length counts as a job of average length; if all
 *     lengths are unknown, there are no predictions
 * @param simulated number of simulated jobs
 */
public record BacklogProjection(List<End> ends, int simulated) {
    /** The most jobs that are simulated. */
    public static final int MOST_JOBS = 400;
    /** The most chunks; with more, chunks are combined into longer ones. */
    private static final int MOST_CHUNKS = 1_500;
    /** The most decisions: a policy may ask to be called without an event. */
    private static final long MOST_DECISIONS = 6_000;
    /** Frames of a chunk if no chunk is known. */
    private static final int CHUNK_FRAMES = 32;
    /** The fraction of a held chunk that is assumed to be left if it has already run longer than expected. */
    private static final double MIN_LEFT = 0.05;

    public BacklogProjection {
        ends = List.copyOf(ends);
    }

    /**
     * The prediction for one job, in seconds from now.
     *
     * @param job id of the job
     * @param startS when its first chunk starts, 0 if one has started
     * @param endS when its last chunk ends; infinite if never, for instance because no worker has its model
     * @param refused whether the policy refuses it
     * @param simulated whether it was simulated
     */
    public record End(String job, double startS, double endS, boolean refused, boolean simulated) {}

    /**
     * Computes the projection.
     *
     * @param firstChunkS usual time from a job's arrival to its first chunk, in seconds
     */
    public static BacklogProjection of(DispatcherSnapshot snapshot, double firstChunkS) {
        double mean = meanLeftS(snapshot.jobs());
        List<DispatcherSnapshot.OpenJob> known = snapshot.jobs().stream()
                .filter(j -> j.isSized() || mean > 0)
                .sorted(Comparator.comparing((DispatcherSnapshot.OpenJob j) -> !j.begun())
                        .thenComparingInt(j -> j.rank() < 0 ? Integer.MAX_VALUE : j.rank())
                        .thenComparingLong(j -> j.descriptor().arrival()))
                .toList();
        List<DispatcherSnapshot.OpenJob> first = known.subList(0, Math.min(MOST_JOBS, known.size()));
        Map<String, SimulatedJob> jobs = simulate(snapshot, first, mean, firstChunkS);
        return new BacklogProjection(ends(snapshot, known, jobs, mean), first.size());
    }

    private static double meanLeftS(List<DispatcherSnapshot.OpenJob> jobs) {
        return jobs.stream()
                .filter(DispatcherSnapshot.OpenJob::isSized)
                .mapToDouble(j -> j.leftFrames() * j.perFrameS())
                .average()
                .orElse(-1);
    }

    /** Frames left. A job of unknown length counts as a job of average length. */
    private static long left(DispatcherSnapshot.OpenJob job, double meanS) {
        return job.isSized() ? job.leftFrames() : (long) Math.ceil(meanS / job.perFrameS());
    }

    private static Map<String, SimulatedJob> simulate(
            DispatcherSnapshot snapshot, List<DispatcherSnapshot.OpenJob> open, double meanS, double firstChunkS) {
        int usual = (int) open.stream()
                .mapToInt(DispatcherSnapshot.OpenJob::chunkFrames)
                .filter(f -> f > 0)
                .average()
                .orElse(CHUNK_FRAMES);
        double chunks = open.stream()
                .mapToDouble(j -> (double) left(j, meanS) / (j.chunkFrames() > 0 ? j.chunkFrames() : usual))
                .sum();
        double longer = Math.max(1, chunks / MOST_CHUNKS);
        Map<String, List<DispatcherSnapshot.HeldChunk>> held = new HashMap<>();
        snapshot.workers()
                .forEach(w -> w.held()
                        .forEach(h -> held.computeIfAbsent(h.job(), j -> new ArrayList<>())
                                .add(h)));
        Map<String, SimulatedJob> jobs = new LinkedHashMap<>();
        for (DispatcherSnapshot.OpenJob job : open) {
            int chunk = (int) Math.ceil(longer * (job.chunkFrames() > 0 ? job.chunkFrames() : usual));
            double readyS = job.ready() ? 0 : Math.max(0, firstChunkS - (snapshot.nowUs() - job.heardAtUs()) / 1e6);
            jobs.put(
                    job.id(),
                    job(
                            jobs.size() + 1L,
                            job,
                            left(job, meanS),
                            chunk,
                            readyS,
                            held.getOrDefault(job.id(), List.of())));
        }
        List<SimulatedJob> byTime = jobs.values().stream()
                .sorted(Comparator.comparingDouble(j -> j.arrival.arrivalS()))
                .toList();
        DispatchSimulation.continuing(snapshot, byTime, held(snapshot, jobs), new RunStatistics(jobs.size(), 0, null))
                .run(MOST_DECISIONS);
        return jobs;
    }

    private static SimulatedJob job(
            long number,
            DispatcherSnapshot.OpenJob job,
            long left,
            int chunk,
            double readyS,
            List<DispatcherSnapshot.HeldChunk> held) {
        List<Integer> frames = new ArrayList<>();
        List<Double> sizesS = new ArrayList<>();
        long others = left;
        for (DispatcherSnapshot.HeldChunk one : held) {
            // Subtract the time that it has already run. If it has run longer than expected, it will end soon.
            double size = one.frames() * job.perFrameS();
            frames.add(one.frames());
            sizesS.add(Math.max(size - one.servedS(), MIN_LEFT * size));
            others -= one.frames();
        }
        int more = (int) Math.ceil((double) Math.max(0, others) / chunk);
        for (int i = 0; i < more; i++) {
            int part = (int) (others * (i + 1) / more - others * i / more);
            frames.add(part);
            sizesS.add(part * job.perFrameS());
        }
        if (frames.isEmpty()) {
            // All chunks are done, and only the end of the job has not been announced.
            frames.add(1);
            sizesS.add(1e-6);
        }
        double size = sizesS.stream().mapToDouble(Double::doubleValue).sum();
        Arrival arrival = new Arrival(
                number, readyS, Math.max(1e-9, size), job.descriptor().labels());
        long all = job.attainedFrames()
                + frames.stream().mapToInt(Integer::intValue).sum();
        return SimulatedJob.left(
                arrival,
                job.descriptor().expecting(all, job.width()),
                job.attainedFrames(),
                frames.stream().mapToInt(Integer::intValue).toArray(),
                sizesS.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The grants of each worker for these jobs. The held chunks of a job are its first ones. */
    private static Map<String, List<SimulatedWorker.Held>> held(
            DispatcherSnapshot snapshot, Map<String, SimulatedJob> jobs) {
        Map<String, Integer> next = new HashMap<>();
        Map<String, List<SimulatedWorker.Held>> held = new LinkedHashMap<>();
        for (DispatcherSnapshot.ActiveWorker worker : snapshot.workers()) {
            List<SimulatedWorker.Held> grants = new ArrayList<>();
            for (DispatcherSnapshot.HeldChunk one : worker.held()) {
                SimulatedJob job = jobs.get(one.job());
                if (job != null && job.arrival.arrivalS() == 0) {
                    int chunk = next.merge(one.job(), 1, Integer::sum) - 1;
                    grants.add(new SimulatedWorker.Held(new GrantRef(one.job(), chunk, 1), job));
                }
            }
            held.put(worker.name(), grants);
        }
        return held;
    }

    private static List<End> ends(
            DispatcherSnapshot snapshot,
            List<DispatcherSnapshot.OpenJob> inOrder,
            Map<String, SimulatedJob> jobs,
            double meanS) {
        double cores =
                snapshot.workers().stream().mapToInt(w -> w.info().cores()).sum();
        int reserved = snapshot.reserved().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        double capacity = Math.max(0, Math.min(cores, snapshot.budgetCap() / 1000) - reserved / 1000.0);
        double aheadS = 0;
        Map<String, End> ends = new HashMap<>();
        for (DispatcherSnapshot.OpenJob job : inOrder) {
            SimulatedJob simulated = jobs.get(job.id());
            double startS = capacity > 0 ? aheadS / capacity : Double.POSITIVE_INFINITY;
            aheadS += left(job, meanS) * job.perFrameS();
            double endS = capacity > 0 ? aheadS / capacity : Double.POSITIVE_INFINITY;
            if (simulated != null && (simulated.refused || simulated.endS < Double.POSITIVE_INFINITY)) {
                ends.put(job.id(), new End(job.id(), simulated.startS, simulated.endS, simulated.refused, true));
            } else if (simulated == null || simulated.startS < Double.POSITIVE_INFINITY) {
                ends.put(
                        job.id(),
                        new End(
                                job.id(),
                                Math.min(startS, simulated == null ? startS : simulated.startS),
                                endS,
                                false,
                                false));
            } else {
                ends.put(job.id(), new End(job.id(), startS, Double.POSITIVE_INFINITY, false, true));
            }
        }
        return snapshot.jobs().stream()
                .filter(j -> ends.containsKey(j.id()))
                .map(j -> ends.get(j.id()))
                .toList();
    }
}
