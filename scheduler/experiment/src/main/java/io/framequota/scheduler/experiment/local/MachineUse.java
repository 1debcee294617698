package io.framequota.scheduler.experiment.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * CPU time of the whole machine ({@code /proc/stat}, proc(5)), so that a report can say how quiet it was.
 *
 * @param busyS CPU seconds that all cores worked
 * @param atS when, in seconds
 */
record MachineUse(double busyS, double atS) {
    private static final double TICKS_PER_SECOND = 100;
    private static final int IDLE = 3;
    private static final int WAITING = 4;
    /** Guests' time is in the user's already. */
    private static final int FIELDS = 8;

    /** Now; nothing where the system does not say. */
    static MachineUse now() {
        double at = System.nanoTime() / 1e9;
        try {
            String line =
                    Files.readString(Path.of("/proc/stat")).lines().findFirst().orElse("");
            double[] ticks = Arrays.stream(line.split(" +", -1))
                    .skip(1)
                    .limit(FIELDS)
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            return new MachineUse((Arrays.stream(ticks).sum() - ticks[IDLE] - ticks[WAITING]) / TICKS_PER_SECOND, at);
        } catch (IOException | RuntimeException e) {
            return new MachineUse(0, at);
        }
    }

    MachineUse since(MachineUse earlier) {
        return new MachineUse(busyS - earlier.busyS, atS - earlier.atS);
    }

    /** Cores that everything but so many CPU seconds used, on average. */
    double othersThan(double oursS) {
        return Math.max(0, busyS - oursS) / atS;
    }
}
