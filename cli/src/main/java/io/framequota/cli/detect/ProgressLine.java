package io.framequota.cli.detect;

import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Shows the progress of all jobs of a private system in one line. Used by one thread. */
final class ProgressLine {
    private final Terminal terminal;
    private final ServerClient client;
    private final String only;
    private final long start = System.nanoTime();
    private String last = "";
    private long most;

    ProgressLine(Terminal terminal, ServerClient client, String firstSource) {
        this.terminal = terminal;
        this.client = client;
        this.only = firstSource;
    }

    /** Interval between updates; longer where each update is a new line. */
    long intervalMillis() {
        return terminal.interactive() ? 400 : 2000;
    }

    /** Updates the line; does nothing while the server is unavailable. */
    void show() throws InterruptedException {
        List<JobStatus> jobs;
        try {
            jobs = client.jobs("", "").jobs();
        } catch (Failure e) {
            return;
        }
        String line = line(jobs, Duration.ofNanos(System.nanoTime() - start));
        if (!line.equals(last)) {
            terminal.progress(line);
            last = line;
        }
    }

    String line(List<JobStatus> jobs, Duration elapsed) {
        // A chunk between its worker and its commit counts as neither; the number must not go back.
        most = Math.max(most, jobs.stream().mapToLong(JobStatus::framesDone).sum());
        boolean known = jobs.stream().allMatch(j -> j.ended() || j.expectedFrames() > 0);
        long expected = known
                ? jobs.stream()
                        .mapToLong(j -> j.ended() ? j.frames() : j.expectedFrames())
                        .sum()
                : 0;
        long ended = jobs.stream().filter(JobStatus::ended).count();
        String what = jobs.size() == 1 ? only : ended + " of " + jobs.size() + " jobs done";
        String state = jobs.isEmpty() ? "queued" : jobs.getFirst().state().toLowerCase(Locale.ROOT);
        return Formatting.progress(what, most, expected, elapsed, state);
    }
}
