package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process that created a group. Process ids are reused; a process id together with a start time is unique.
 *
 * @param pid process id
 * @param started start time in clock ticks after boot ({@code /proc/PID/stat}, field 22)
 */
record CgroupOwner(long pid, long started) {
    private static final Pattern FOLDER = Pattern.compile("framequota-(\\d+)-(\\d+)");
    /** Index of the start time (field 22) after the process name, which is in brackets and may contain blanks. */
    private static final int START_AFTER_NAME = 19;

    /** This process. */
    static CgroupOwner self(KernelFiles files, Path proc) throws IOException {
        long pid = ProcessHandle.current().pid();
        return new CgroupOwner(pid, start(files, proc, pid));
    }

    /** The owner in the name of a folder. */
    static Optional<CgroupOwner> of(String folder) {
        Matcher matcher = FOLDER.matcher(folder);
        return matcher.matches()
                ? Optional.of(new CgroupOwner(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** The name of the owner's folder. */
    String folder() {
        return "framequota-" + pid + "-" + started;
    }

    /** Whether exactly this process still runs. */
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
