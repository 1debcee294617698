package io.framequota.lab.burner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the kernel says about the control group that this process is in: its quota and its counters (cgroups(7), both
 * versions). A container sees its own group as the root of the mount, or below the path in {@code /proc/self/cgroup}.
 */
final class BurnerCgroup {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    private static final long NO_LIMIT = -1;

    private final Path folder;
    private final Path account;
    private final boolean second;

    private BurnerCgroup(Path folder, Path account, boolean second) {
        this.folder = folder;
        this.account = account;
        this.second = second;
    }

    /** A limit: microseconds of CPU time in each period, -1 for no limit. */
    record Limit(long quotaUs, long periodUs) {}

    /** Finds it. */
    static BurnerCgroup find() throws IOException {
        Map<String, String> paths = paths();
        for (String mount : List.of("cpu,cpuacct", "cpu")) {
            Path folder = below(MOUNT.resolve(mount), paths.getOrDefault("cpu", "/"));
            if (Files.exists(folder.resolve("cpu.cfs_quota_us"))) {
                Path account = Stream.of("cpu,cpuacct", "cpuacct")
                        .map(m -> below(MOUNT.resolve(m), paths.getOrDefault("cpuacct", "/")))
                        .filter(Files::isDirectory)
                        .findFirst()
                        .orElse(folder);
                return new BurnerCgroup(folder, account, false);
            }
        }
        Path folder = below(MOUNT, paths.getOrDefault("", "/"));
        return new BurnerCgroup(folder, folder, true);
    }

    private static Path below(Path mount, String path) {
        Path own = mount.resolve(path.substring(1));
        return Files.isDirectory(own) ? own : mount;
    }

    /** Controller to path; the second version's has no name. */
    private static Map<String, String> paths() throws IOException {
        Map<String, String> paths = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[2].startsWith("/")) {
                for (String controller : fields[1].split(",", -1)) {
                    paths.put(controller, fields[2]);
                }
            }
        }
        return paths;
    }

    /** The limit in force. */
    Limit limit() throws IOException {
        if (second) {
            String[] words = read(folder.resolve("cpu.max")).split(" ", -1);
            return new Limit(words[0].equals("max") ? NO_LIMIT : Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
        return new Limit(quotaUs(), Long.parseLong(read(folder.resolve("cpu.cfs_period_us"))));
    }

    /** The limit's microseconds alone, in one reading. */
    long quotaUs() throws IOException {
        return second ? limit().quotaUs() : Long.parseLong(read(folder.resolve("cpu.cfs_quota_us")));
    }

    /** Periods, throttled periods, nanoseconds of throttling and of CPU time so far, with a space between them. */
    String counted() throws IOException {
        Map<String, Long> stat = new HashMap<>();
        for (String line : Files.readAllLines(folder.resolve("cpu.stat"))) {
            String[] words = line.split(" ", -1);
            stat.put(words[0], Long.parseLong(words[1]));
        }
        long throttledNanos =
                second ? 1000 * stat.getOrDefault("throttled_usec", 0L) : stat.getOrDefault("throttled_time", 0L);
        long cpuNanos = second
                ? 1000 * stat.getOrDefault("usage_usec", 0L)
                : Long.parseLong(read(account.resolve("cpuacct.usage")));
        return stat.getOrDefault("nr_periods", 0L) + " " + stat.getOrDefault("nr_throttled", 0L) + " " + throttledNanos
                + " " + cpuNanos;
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
