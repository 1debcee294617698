package io.framequota.ingest.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.results.AnnotatedVideos;
import io.framequota.ingest.results.ResultFormat;
import io.framequota.ingest.results.ResultWriter;
import io.framequota.ingest.store.JobStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Jobs over REST. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "jobs")
public class JobsResource {
    private final JobService jobs;
    private final JobViewer viewer;
    private final SubmissionReader submissions;
    private final ResultWriter results;
    private final AnnotatedVideos videos;
    private final ObjectMapper json;

    JobsResource(
            JobService jobs,
            JobViewer viewer,
            SubmissionReader submissions,
            ResultWriter results,
            AnnotatedVideos videos,
            ObjectMapper json) {
        this.jobs = jobs;
        this.viewer = viewer;
        this.submissions = submissions;
        this.results = results;
        this.videos = videos;
        this.json = json;
    }

    /** Submits an upload. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Operation(summary = "Submits a file: parts file, model, every, stream, label (K=V, repeated)")
    public Response upload(
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key)
            throws IOException {
        return accepted(submissions.multipart(body, contentType, key));
    }

    /** Submits a source that the server fetches. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Submits a URL or sample:walkers: {\"source\", \"model\", \"every\", \"stream\", \"labels\"}")
    public Response submit(InputStream body, @HeaderParam("Idempotency-Key") @Nullable String key) throws IOException {
        return accepted(submissions.json(body, key));
    }

    private Response accepted(Job job) {
        return Response.accepted(viewer.view(job))
                .location(URI.create("/api/v1/jobs/" + job.id()))
                .build();
    }

    /** Lists jobs, newest first. */
    @GET
    @Operation(
            summary =
                    "Lists the newest 1000 jobs, newest first; state=STATE selects jobs in one state. The list is shorter when"
                            + " its texts are large; before=JOB lists the jobs that arrived before that job. When more jobs"
                            + " follow, the header Link has the address of the next list (rel=next)")
    public RestResponse<List<JobJson>> list(
            @QueryParam("state") @Nullable String state, @QueryParam("before") @Nullable String before) {
        JobStore.Page page = jobs.list(state, before);
        RestResponse.ResponseBuilder<List<JobJson>> answer = RestResponse.ResponseBuilder.ok(viewer.view(page.jobs()));
        return (page.more()
                        ? answer.header(
                                HttpHeaders.LINK, next(state, page.jobs().getLast()))
                        : answer)
                .build();
    }

    private static String next(@Nullable String state, Job last) {
        // An unknown state was rejected before.
        String stateParameter = state == null || state.isEmpty() ? "" : "state=" + state + "&";
        return "</api/v1/jobs?" + stateParameter + "before=" + last.id() + ">; rel=\"next\"";
    }

    /** One job. */
    @GET
    @Path("{id}")
    @Operation(summary = "One job")
    public JobJson get(@PathParam("id") String id) {
        return viewer.view(jobs.get(id));
    }

    /** Cancels or deletes a job. */
    @DELETE
    @Path("{id}")
    @Operation(
            summary =
                    "Cancels a job that has not ended. Deletes a job that has ended, with its source and its result, and"
                            + " returns the job as it was")
    public JobJson delete(@PathParam("id") String id) {
        return viewer.view(jobs.delete(id));
    }

    /** Cancels a job. */
    @POST
    @Path("{id}/cancel")
    @Operation(summary = "Cancels a job that has not ended. A job that has ended stays as it is")
    public JobJson cancel(@PathParam("id") String id) {
        return viewer.view(jobs.cancel(id));
    }

    /** Redrives a failed job. */
    @POST
    @Path("{id}/redrive")
    @Operation(summary = "Runs the missing chunks of a job that failed; 410 when its source is no longer kept")
    public Response redrive(@PathParam("id") String id) {
        return accepted(jobs.redrive(id));
    }

    /** Streams the job after every change. */
    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(summary = "Streams the job now and after every change, until it has ended")
    public Response events(@PathParam("id") String id) {
        jobs.get(id);
        return stream(
                        MediaType.SERVER_SENT_EVENTS,
                        out -> viewer.watch(id, new JobViewer.Watcher() {
                            @Override
                            public void onJob(Job job) throws IOException {
                                send("event: job\ndata: " + json.writeValueAsString(viewer.view(job)) + "\n\n");
                            }

                            @Override
                            public void onIdle() throws IOException {
                                send(":\n\n");
                            }

                            private void send(String event) throws IOException {
                                out.write(event.getBytes(StandardCharsets.UTF_8));
                                out.flush();
                            }
                        }))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /** Streams the result, also while the job runs. */
    @GET
    @Path("{id}/detections")
    @Produces(MediaType.WILDCARD)
    @Operation(
            summary =
                    "Streams the result in frame order, also while the job runs. Accept or format (gzip, jsonl, csv, coco,"
                            + " kitti) selects the format; follow=false returns the result so far")
    public Response detections(
            @PathParam("id") String id,
            @QueryParam("format") @Nullable String format,
            @QueryParam("follow") @DefaultValue("true") boolean follow,
            @Context HttpHeaders headers) {
        jobs.get(id);
        ResultFormat form = format == null ? accepted(headers.getAcceptableMediaTypes()) : named(format);
        return stream(form.mediaType(), out -> results.write(id, form, follow, out))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + id + "." + form.suffix() + "\"")
                .build();
    }

    private static ResultFormat named(String name) {
        return ResultFormat.named(name)
                .orElseThrow(() -> RejectedRequestException.malformed(
                        "no format \"" + name + "\"; formats are gzip, jsonl, csv, coco, kitti"));
    }

    private static ResultFormat accepted(List<MediaType> types) {
        for (MediaType type : types) {
            if (type.isWildcardType()) {
                return ResultFormat.GZIP;
            }
            ResultFormat form = ResultFormat.ofMediaType(type.getType() + "/" + type.getSubtype())
                    .orElse(null);
            if (form != null) {
                return form;
            }
        }
        throw new jakarta.ws.rs.NotAcceptableException();
    }

    /** The annotated video. */
    @GET
    @Path("{id}/video")
    @Produces("video/mp4")
    @Operation(summary = "The video of a succeeded job with its detections drawn in, or one range of its bytes")
    public Response video(
            @PathParam("id") String id,
            @HeaderParam("Range") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange)
            throws IOException, InterruptedException {
        // The response has no validator that If-Range could name, so a request with If-Range gets the whole file.
        return FileRangeResponse.answer(videos.of(id), ifRange == null ? range : null)
                .type("video/mp4")
                .build();
    }

    /** Writes a streamed response. */
    private interface Body {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    private static Response.ResponseBuilder stream(String type, Body body) {
        StreamingOutput output = out -> {
            try {
                body.write(out);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the server is stopping");
            }
        };
        return Response.ok(output, type);
    }
}
