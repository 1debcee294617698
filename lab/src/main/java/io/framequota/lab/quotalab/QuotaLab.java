package io.framequota.lab.quotalab;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.cgroup.Cgroup;
import io.framequota.scheduler.cgroup.CgroupTree;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a program under one quota after the other, in a control group of its own. For one thread. */
public final class QuotaLab {
    private static final int KILL_ATTEMPTS = 200;
    private static final Duration SAMPLE = Duration.ofMillis(10);

    /** Waits for a byte, so that the program starts inside its group; then becomes the program. */
    private static final List<String> INSIDE = List.of("/bin/sh", "-c", "read -r start && exec \"$@\"", "quota-lab");

    private final CgroupTree groups;
    private final List<String> command;
    private final Path folder;
    private final Duration limit;
    private int started;

    /**
     * For a program.
     *
     * @param groups where its group is made; all of them together get the largest weight
     * @param command the program and its arguments
     * @param folder that it runs in
     * @param limit longest time of a run
     */
    public QuotaLab(CgroupTree groups, List<String> command, Path folder, Duration limit) {
        this.groups = groups;
        this.command = List.copyOf(command);
        this.folder = folder;
        this.limit = limit;
        groups.claimMachine();
    }

    /** The program could not be measured. The message says why, for people. */
    public static final class ProgramFailedException extends Exception {
        ProgramFailedException(String message) {
            super(message);
        }
    }

    /**
     * Runs the program once and discards its output.
     *
     * @param millicores its quota, 0 for none
     * @throws ProgramFailedException if it does not start, fails, or takes longer than the limit
     */
    public QuotaRun run(int millicores) throws IOException, InterruptedException, ProgramFailedException {
        try (Cgroup group = groups.create("quota-lab-" + started++)) {
            group.quota(millicores == 0 ? CpuQuota.unlimited() : CpuQuota.ofMillicores(millicores));
            List<String> inside = new ArrayList<>(INSIDE);
            inside.addAll(command);
            Process process = new ProcessBuilder(inside)
                    .directory(folder.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                group.add(process.pid());
                CpuUsage before = group.use();
                long start = System.nanoTime();
                try (OutputStream input = process.getOutputStream()) {
                    input.write("\n".getBytes(StandardCharsets.US_ASCII));
                }
                int threads = watch(process, millicores, start);
                double wallS = (System.nanoTime() - start) / 1e9;
                CpuUsage used = group.use().since(before);
                int code = process.exitValue();
                if (code != 0) {
                    throw new ProgramFailedException(shown() + " ended with exit code " + code + under(millicores)
                            + (code == 127 ? ": there is no such program" : "; run it alone to see its output"));
                }
                return new QuotaRun(
                        millicores,
                        wallS,
                        used.cpuS(),
                        used.throttledS(),
                        used.periods(),
                        used.throttledPeriods(),
                        threads);
            } finally {
                process.destroyForcibly().waitFor();
                endAll(group);
            }
        }
    }

    /** Ends what the program left running in its group, also processes that it detached. */
    private static void endAll(Cgroup group) throws InterruptedException {
        for (int attempt = 0; attempt < KILL_ATTEMPTS && !group.pids().isEmpty(); attempt++) {
            group.pids().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            TimeUnit.MILLISECONDS.sleep(SAMPLE.toMillis());
        }
    }

    private int watch(Process process, int millicores, long start) throws InterruptedException, ProgramFailedException {
        int most = 1;
        while (!process.waitFor(SAMPLE.toMillis(), TimeUnit.MILLISECONDS)) {
            most = Math.max(most, threads(process.toHandle()));
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new ProgramFailedException(shown() + " had not ended after " + limit.toSeconds() + " s"
                        + under(millicores) + "; give it less work or raise --timeout");
            }
        }
        return most;
    }

    private static int threads(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                // One that has ended meanwhile has no folder.
                .map(p -> new File("/proc/" + p.pid() + "/task").list())
                .mapToInt(tasks -> tasks == null ? 0 : tasks.length)
                .sum();
    }

    private String shown() {
        return String.join(" ", command);
    }

    private static String under(int millicores) {
        return millicores == 0 ? " without a quota" : " under a quota of " + millicores + "m";
    }
}
