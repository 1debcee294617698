package io.framequota.lab.burner;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.common.cgroup.OwnCgroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A worker process. It reads one order a line from standard input and reports on standard output.
 *
 * <pre>
 * calibrate            -> unit NANOSECONDS       CPU time of one unit
 * run JOB UNITS N SERIAL -> began JOB NANOTIME   then, when it is done:
 *                      -> ended JOB NANOTIME
 * threads N SERIAL                               N threads work on the job from now on, of which one does SERIAL
 *                                                thousandths of the work while the others wait
 * serve THREADS KIND JOB AMOUNT                  serves a request beside or after others ({@link RequestExecutor});
 * -> began JOB NANOTIME, ended JOB NANOTIME      AMOUNT is units or, of one that waits, nanoseconds
 * pool JOB PIECES SERIAL PART N SPIN             serves a request by a {@link BarrierWorkload} of N threads
 * -> began JOB NANOTIME, ended JOB NANOTIME      that spin (true) or sleep while they wait
 * time                 -> time NANOTIME
 * quota                -> quota MICROS PERIOD    of its own control group, -1 for no limit
 * await MICROS         -> holds MICROS NANOTIME  when that quota is in force
 * use                  -> use PERIODS THROTTLED_PERIODS THROTTLED_NANOS CPU_NANOS MACHINE_SECONDS
 * </pre>
 *
 * NANOTIME is {@link System#nanoTime()}, which on Linux is the monotonic clock of the machine. The process ends with its
 * input, so it does not outlive the process that started it.
 */
public final class Burner {
    private static final double NANOS = 1e9;

    private final PrintStream out;
    private final ForkJoinWork forkJoin;

    private @Nullable OwnCgroup group;
    private @Nullable RequestExecutor requests;
    private @Nullable QuotaWatcher awaiting;

    private Burner(PrintStream out) {
        this.out = out;
        this.forkJoin = new ForkJoinWork(job -> say("ended " + job + " " + System.nanoTime()));
    }

    public static void main(String[] arguments) throws IOException {
        Burner burner = new Burner(System.out);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            burner.obey(line);
        }
    }

    private void obey(String line) throws IOException {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "calibrate" -> say("unit " + WorkUnit.unitNanos());
            case "run" -> {
                say("began " + words[1] + " " + System.nanoTime());
                forkJoin.begin(
                        Long.parseLong(words[1]),
                        Long.parseLong(words[2]),
                        Integer.parseInt(words[3]),
                        Integer.parseInt(words[4]));
            }
            case "serve" -> requests().serve(words[1], words[2], Long.parseLong(words[3]), Long.parseLong(words[4]));
            case "pool" -> pool(words);
            case "threads" -> forkJoin.setThreads(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "time" -> say("time " + System.nanoTime());
            case "quota" -> {
                CpuQuota quota = group().quota().orElseThrow(() -> new IOException("the kernel shows no CPU limit"));
                say("quota " + quota.quotaUs() + " " + quota.periodUs());
            }
            case "await" -> awaiting().quota(Long.parseLong(words[1]));
            case "use" -> say("use " + counters(group().usage()) + " " + MachineCpuTime.busyS());
            default -> throw new IOException("not an order: " + line);
        }
    }

    private void pool(String[] words) {
        long job = Long.parseLong(words[1]);
        BarrierWorkload pool =
                new BarrierWorkload(Long.parseLong(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]));
        say("began " + job + " " + System.nanoTime());
        pool.serve(
                Integer.parseInt(words[5]),
                Boolean.parseBoolean(words[6]),
                () -> say("ended " + job + " " + System.nanoTime()));
    }

    private RequestExecutor requests() {
        if (requests == null) {
            requests = new RequestExecutor((what, job) -> say(what + " " + job + " " + System.nanoTime()), this::say);
        }
        return requests;
    }

    private static String counters(CpuUsage usage) {
        return usage.periods() + " " + usage.throttledPeriods() + " " + Math.round(usage.throttledS() * NANOS) + " "
                + Math.round(usage.cpuS() * NANOS);
    }

    private OwnCgroup group() throws IOException {
        if (group == null) {
            group = OwnCgroup.find().orElseThrow(() -> new IOException("the kernel shows no CPU counters"));
        }
        return group;
    }

    private QuotaWatcher awaiting() throws IOException {
        if (awaiting == null) {
            awaiting = new QuotaWatcher(group(), micros -> say("holds " + micros + " " + System.nanoTime()));
        }
        return awaiting;
    }

    private synchronized void say(String line) {
        out.println(line);
        out.flush();
    }
}
