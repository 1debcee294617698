package io.framequota.scheduler.controller.forecast;

import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.dispatch.StreamDemand;
import io.framequota.scheduler.dispatch.StreamStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What only the scheduler knows about an open job and its owner should read. Each text is one line, or empty.
 *
 * @param job its id
 * @param waitingFor what it waits for
 * @param warning what it lacks while it runs
 */
public record JobNote(String job, String waitingFor, String warning) {
    /** The notes on all open jobs: those without any core because of live streams, and streams that have too little. */
    public static List<JobNote> of(DispatcherStatus status) {
        List<JobNote> notes = new ArrayList<>();
        if (status.reserved() > 0 && status.budget() - status.reserved() < StreamDemand.STEP) {
            String streams = String.format(
                    Locale.ROOT,
                    "waits for cores: live streams hold %dm of %.0fm; stop a stream, infer fewer of its frames"
                            + " (--every), or raise the budget",
                    status.reserved(),
                    status.budget());
            status.jobs().stream()
                    .filter(job -> job.running() + job.waiting() == 0)
                    .forEach(job -> notes.add(new JobNote(job.job(), streams, "")));
        }
        for (StreamStatus stream : status.streams()) {
            StreamDemand demand = stream.demand();
            if (stream.phase() == StreamStatus.Phase.RESERVED
                    && demand != null
                    && demand.known()
                    && demand.exact() > stream.millicores()) {
                notes.add(new JobNote(stream.job(), "", tooLittle(stream, demand)));
            }
        }
        return notes;
    }

    private static String tooLittle(StreamStatus stream, StreamDemand demand) {
        return String.format(
                Locale.ROOT,
                "the stream %s and has %dm, so frames are dropped; infer fewer frames (--every %.0f), stop a stream, or"
                        + " raise the budget",
                demand.words(),
                stream.millicores(),
                Math.ceil((double) stream.every() * demand.millicores() / Math.max(1, stream.millicores())));
    }
}
