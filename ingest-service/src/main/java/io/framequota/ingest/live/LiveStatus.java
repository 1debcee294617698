package io.framequota.ingest.live;

import io.framequota.contract.control.JobNote;
import io.framequota.ingest.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A job at this moment, beside what the database holds of it. Only live jobs have more than a wait and warnings.
 *
 * @param waitingFor what the job waits for, one line; empty while results come
 * @param p50Ms from a packet's arrival to its frame's result, over the last minute; 0 when there were none
 * @param annotatedP50Ms the same for the annotated stream's packet of the frame
 * @param fps results per second over the last minute
 * @param lines frames with a line that are in no committed window yet
 * @param gaps frames without a line that are in no committed window yet, by cause
 * @param warnings what was noticed about the stream, one line each
 */
public record LiveStatus(
        String waitingFor,
        double p50Ms,
        double p95Ms,
        double annotatedP50Ms,
        double annotatedP95Ms,
        double fps,
        long lines,
        Map<String, Long> gaps,
        List<String> warnings) {
    /** The status of a job whose stream is not open here. */
    public static final LiveStatus NONE = new LiveStatus("", 0, 0, 0, 0, 0, 0, Map.of(), List.of());

    /** All frames of a job without a line, by cause: those in committed windows and those of the open one. */
    public Map<String, Long> allGaps(Job job) {
        Map<String, Long> all = new TreeMap<>(job.progress().live().gaps());
        gaps.forEach((cause, frames) -> all.merge(cause, frames, Long::sum));
        return all;
    }

    /** The same with what the leading scheduler says of the job. */
    public LiveStatus with(JobNote note) {
        List<String> all = new ArrayList<>(warnings);
        if (!note.getWarning().isEmpty()) {
            all.add(note.getWarning());
        }
        return new LiveStatus(
                waitingFor.isEmpty() ? note.getWaitingFor() : waitingFor,
                p50Ms,
                p95Ms,
                annotatedP50Ms,
                annotatedP95Ms,
                fps,
                lines,
                gaps,
                all);
    }

    public LiveStatus {
        gaps = Map.copyOf(gaps);
        warnings = List.copyOf(warnings);
    }
}
