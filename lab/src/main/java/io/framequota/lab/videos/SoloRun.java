package io.framequota.lab.videos;

import java.util.Locale;

/**
 * Time and CPU use of a request that had all workers to itself.
 *
 * @param seconds from submission to end
 * @param frames number of inferred frames
 * @param chunks number of chunks
 * @param used CPU time of the system during the run
 */
record SoloRun(double seconds, long frames, int chunks, VideoSystem.Used used) {
    /** Whether the CPU time of the system is known. */
    boolean known() {
        return used.allS() > 0;
    }

    /** The run that used less CPU time, where both are known. */
    static SoloRun cheaper(SoloRun one, SoloRun other) {
        if (!one.known() || !other.known()) {
            return one.known() ? one : other;
        }
        return one.used().allS() <= other.used().allS() ? one : other;
    }

    /**
     * Size in CPU seconds at one core of the experiment: the time that all cores need, times the cores. The bottleneck is
     * either the servers, which share the budget, or the machine, which also does all other work.
     *
     * @param processors of this machine
     */
    double sizeS(SystemSettings settings, int processors) {
        double servers = used.modelS() * 1000 / settings.budget();
        double machine = used.allS() / processors;
        return settings.cores() * Math.max(servers, machine);
    }

    /** In words. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d frames in %d chunks, %.2f s, %.2f CPU s, %.2f of them the model's",
                frames,
                chunks,
                seconds,
                used.allS(),
                used.modelS());
    }
}
