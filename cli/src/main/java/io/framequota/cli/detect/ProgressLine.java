package io.framequota.cli.detect;

import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows the progress of some jobs in one line. Used by one thread. */
final class ProgressLine {
    /** Requests for one update; further jobs are asked for in the next ones. */
    private static final int MOST_REQUESTS = 20;

    private final Terminal terminal;
    private final ServerClient client;
    private final String only;
    /** The last known state by job; null at first. */
    private final Map<String, @Nullable JobStatus> latest = new LinkedHashMap<>();
    /** Jobs that have not ended, the one whose state is oldest first. */
    private final Deque<String> open;

    private final boolean videos;
    private final long start = System.nanoTime();
    private String last = "";
    private long most;
    /** Frames that were done when the jobs were first looked at, of which this run is not the cause; -1 before. */
    private long before = -1;

    /** @param videos whether annotated videos are written when the jobs have ended */
    ProgressLine(Terminal terminal, ServerClient client, List<String> jobs, String firstSource, boolean videos) {
        this.videos = videos;
        this.terminal = terminal;
        this.client = client;
        this.only = firstSource;
        this.open = new ArrayDeque<>(jobs);
        jobs.forEach(id -> latest.put(id, null));
    }

    /** Interval between updates; longer where each update is a new line. */
    long intervalMillis() {
        return terminal.interactive() ? 400 : 2000;
    }

    /** Updates the line; does nothing while the server is unavailable. */
    void show() throws InterruptedException {
        try {
            refresh();
        } catch (Failure e) {
            return;
        }
        String line = line(Duration.ofNanos(System.nanoTime() - start));
        if (!line.equals(last)) {
            terminal.progress(part(), line);
            last = line;
        }
    }

    /** The part of the frames that is done, 0 while their number is unknown. */
    private double part() {
        long expected = expected();
        return expected == 0 ? 0 : Math.min(1, (double) most / expected);
    }

    /** Frames of all jobs, 0 while unknown. */
    private long expected() {
        return latest.values().stream().anyMatch(j -> j == null || !(j.ended() || j.expectedFrames() > 0))
                ? 0
                : latest.values().stream()
                        .filter(Objects::nonNull)
                        .mapToLong(j -> j.ended() ? j.frames() : j.expectedFrames())
                        .sum();
    }

    private void refresh() throws InterruptedException {
        int asked = Math.min(open.size(), MOST_REQUESTS);
        for (int i = 0; i < asked; i++) {
            String id = open.getFirst();
            JobStatus job = client.job(id);
            latest.put(id, job);
            open.removeFirst();
            if (!job.ended()) {
                open.addLast(id);
            }
        }
    }

    private String line(Duration elapsed) {
        List<JobStatus> jobs = latest.values().stream().filter(Objects::nonNull).toList();
        // A chunk between its worker and its commit counts as neither; the number must not go back.
        most = Math.max(most, jobs.stream().mapToLong(JobStatus::framesDone).sum());
        if (before < 0 && jobs.size() == latest.size()) {
            before = most;
        }
        long ended = jobs.stream().filter(JobStatus::ended).count();
        String what = latest.size() == 1 ? only : ended + " of " + latest.size() + " jobs done";
        if (ended == latest.size()) {
            // A rate would become less and less, although nothing is inferred any more.
            return what + ": " + Formatting.counted(most, "frame") + (videos ? ", writing the annotated video" : "");
        }
        String state = jobs.isEmpty() ? "queued" : jobs.getFirst().state().toLowerCase(Locale.ROOT);
        return Formatting.progress(what, most, Math.max(0, before), expected(), elapsed, state);
    }
}
