package io.framequota.lab.videos;

import java.util.Locale;

/**
 * What a request took and used while nothing else was asked for, with all workers to itself.
 *
 * @param seconds from its submission to its end
 * @param frames that were inferred
 * @param chunks that it was divided into
 * @param used CPU seconds of the system meanwhile
 */
record SoloRun(double seconds, long frames, int chunks, VideoSystem.Used used) {
    /** Whether the system says what its processes use. */
    boolean known() {
        return used.allS() > 0;
    }

    /**
     * CPU seconds at one core of the experiment: what all cores need for it, times the cores. Either the servers are the
     * bottleneck, which have the budget, or the machine is, which does everything else as well.
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
