package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who made a group. A process number comes back after a while, a number together with its start time does not.
 *
 * @param pid the process
 * @param started its start in clock ticks after boot ({@code /proc/PID/stat}, field 22)
 */
record CgroupOwner(long pid, long started) {
    private static final Pattern FOLDER = Pattern.compile("framequota-(\\d+)-(\\d+)");
    /** Fields of stat after the name in brackets, which may hold blanks; the start is the 22nd of all. */
    private static final int START_AFTER_NAME = 19;

    /** This process. */
    static CgroupOwner self(KernelFiles files, Path proc) throws IOException {
        long pid = ProcessHandle.current().pid();
        return new CgroupOwner(pid, start(files, proc, pid));
    }

    /** The owner that a folder is named after. */
    static Optional<CgroupOwner> of(String folder) {
        Matcher matcher = FOLDER.matcher(folder);
        return matcher.matches()
                ? Optional.of(new CgroupOwner(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** The folder's name. */
    String folder() {
        return "framequota-" + pid + "-" + started;
    }

    /** Whether that very process still runs. */
    boolean alive(KernelFiles files, Path proc) {
        try {
            return start(files, proc, pid) == started;
        } catch (IOException e) {
            return false;
        }
    }

    private static long start(KernelFiles files, Path proc, long pid) throws IOException {
        String stat = files.read(proc.resolve(Long.toString(pid)).resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_AFTER_NAME]);
    }
}
