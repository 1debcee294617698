package io.framequota.ingest.results;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.format.ExportFormat;
import io.framequota.analysis.format.ResultFrames;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.tracked.TrackFields;
import io.framequota.analysis.tracked.TrackedFrames;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.LostResults;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Writes the result of a job in any format, also while the job runs. Blocks; holds one member at most. */
@Singleton
public final class ResultWriter {
    private final JobService jobs;
    private final MemberStream members;
    private final LostResults lost;

    ResultWriter(JobService jobs, MemberStream members, LostResults lost) {
        this.jobs = jobs;
        this.members = members;
        this.lost = lost;
    }

    /**
     * Checks whether the result so far is there and fits into a format.
     *
     * @throws RejectedRequestException when it is not or does not, or there is no such job
     */
    public void check(String id, ResultFormat format) {
        Job job = jobs.get(id);
        lost.check(job);
        long frames = job.progress().frames();
        ExportFormat export = format.export();
        if (export != null && frames > export.mostFrames()) {
            throw RejectedRequestException.unprocessable("the result of job " + id + " has " + frames
                    + " frames, and this format at most " + export.mostFrames()
                    + "; use another format, for example coco");
        }
    }

    /**
     * Writes the result in frame order.
     *
     * @param follow wait for further chunks until the job ends; otherwise stop at the first chunk without a result
     * @param tracking whether objects have the numbers of their tracks; then a frame is written once the next one is there
     * @param out flushed before each wait for a chunk; not closed
     */
    public void write(String id, ResultFormat format, boolean follow, Optional<Tracking> tracking, OutputStream out)
            throws IOException, InterruptedException {
        // Throws for an unknown job before anything is written.
        jobs.get(id);
        ExportFormat export = format.export();
        if (tracking.isPresent()) {
            MemberFrames frames = new MemberFrames(id, follow, members::each, jobs::get);
            TrackedFrames tracked = tracked(frames, tracking.get());
            if (export == null) {
                new LineStream(out, format == ResultFormat.GZIP).write(tracked);
            } else {
                export.write(tracked, frames::source, out);
            }
        } else if (format == ResultFormat.GZIP) {
            members.copy(id, follow, out);
        } else if (export == null) {
            plain(id, follow, out);
        } else {
            MemberFrames frames = new MemberFrames(id, follow, members::each, jobs::get);
            export.write(frames, frames::source, out);
        }
        out.flush();
    }

    /** What the submission says of tracks. */
    public Optional<Tracking> trackingOf(String id) {
        return jobs.get(id).spec().tracking();
    }

    /** Counts the tracks of the result so far, as {@link TrackFields#addTo} says it. */
    public ObjectNode counts(String id, Tracking tracking) throws IOException, InterruptedException {
        TrackedFrames tracked = tracked(new MemberFrames(id, false, members::each, jobs::get), tracking);
        tracked.each(frame -> {}, () -> {});
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        tracked.counts().addTo(counts);
        return counts;
    }

    private static TrackedFrames tracked(ResultFrames frames, Tracking tracking) {
        return new TrackedFrames(
                (sink, pause) -> frames.each(new Yielding(sink), pause), TrackerSettings.DEFAULT, tracking.zones());
    }

    /** It takes no other request's turn on a virtual thread for as long as a whole result takes. */
    private record Yielding(ResultFrames.Sink sink) implements ResultFrames.Sink {
        @Override
        public void frame(ResultFrame frame) throws IOException {
            sink.frame(frame);
            Thread.yield();
        }

        @Override
        public void other(ObjectNode line) throws IOException {
            sink.other(line);
        }
    }

    private void plain(String id, boolean follow, OutputStream out) throws IOException, InterruptedException {
        members.each(
                id,
                follow,
                file -> {
                    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                        in.transferTo(out);
                    }
                },
                out::flush);
    }
}
