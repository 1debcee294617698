package io.framequota.common.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How the two versions of control groups show limits and counters in files (cgroups(7)). */
public enum CgroupVersion {
    /**
     * {@code cpu.cfs_quota_us}, {@code cpu.cfs_period_us} and {@code cpu.stat} of the cpu controller; {@code cpuacct.usage} of
     * the cpuacct controller, which may be mounted as a hierarchy of its own.
     */
    V1 {
        @Override
        public long quotaUs(FileReader files, Path group) throws IOException {
            long quota = number(files, group.resolve("cpu.cfs_quota_us"));
            return quota < 0 ? CpuQuota.NO_LIMIT : quota;
        }

        @Override
        public CpuQuota quota(FileReader files, Path group) throws IOException {
            return new CpuQuota(quotaUs(files, group), number(files, group.resolve("cpu.cfs_period_us")));
        }

        @Override
        public CpuUsage usage(FileReader files, List<Path> groups) throws IOException {
            String stat = files.read(groups.getFirst().resolve("cpu.stat"));
            return new CpuUsage(
                    counter(stat, "nr_periods"),
                    counter(stat, "nr_throttled"),
                    counter(stat, "throttled_time") / NANOS,
                    number(files, groups.getLast().resolve("cpuacct.usage")) / NANOS);
        }
    },
    /** {@code cpu.max} and {@code cpu.stat} of the one hierarchy. */
    V2 {
        @Override
        public long quotaUs(FileReader files, Path group) throws IOException {
            return quota(files, group).quotaUs();
        }

        @Override
        public CpuQuota quota(FileReader files, Path group) throws IOException {
            String[] max = files.read(group.resolve("cpu.max")).strip().split("\\s+");
            return new CpuQuota(
                    max[0].equals("max") ? CpuQuota.NO_LIMIT : Long.parseLong(max[0]),
                    Long.parseLong(max[max.length - 1]));
        }

        @Override
        public CpuUsage usage(FileReader files, List<Path> groups) throws IOException {
            String stat = files.read(groups.getFirst().resolve("cpu.stat"));
            return new CpuUsage(
                    counter(stat, "nr_periods"),
                    counter(stat, "nr_throttled"),
                    counter(stat, "throttled_usec") / MICROS,
                    counter(stat, "usage_usec") / MICROS);
        }
    };

    private static final double MICROS = 1e6;
    private static final double NANOS = 1e9;

    /** Reads a whole kernel file; a test may stand in for the kernel. */
    @FunctionalInterface
    public interface FileReader {
        String read(Path file) throws IOException;
    }

    /** The limit in force in microseconds per period, {@link CpuQuota#NO_LIMIT} for none: one read of one file. */
    public abstract long quotaUs(FileReader files, Path group) throws IOException;

    /** The limit in force with its period. */
    public abstract CpuQuota quota(FileReader files, Path group) throws IOException;

    /**
     * The counters since the group was made.
     *
     * @param groups the group's folder in each hierarchy: in version 1 cpu first and cpuacct last, which may be the same folder
     */
    public abstract CpuUsage usage(FileReader files, List<Path> groups) throws IOException;

    private static long number(FileReader files, Path file) throws IOException {
        return Long.parseLong(files.read(file).strip());
    }

    /** The number after a key in a file with lines "key number"; 0 when the key is missing. */
    private static long counter(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(
                        line -> Long.parseLong(line.substring(key.length() + 1).strip()))
                .findFirst()
                .orElse(0);
    }
}
