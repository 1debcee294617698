package io.framequota.ingest.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.live.LiveFeed;
import io.framequota.ingest.live.LiveWatcher;
import io.framequota.ingest.results.AnnotatedVideos;
import io.framequota.ingest.results.KeptSources;
import io.framequota.ingest.results.ResultFormat;
import io.framequota.ingest.results.ResultWriter;
import io.framequota.ingest.store.JobStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Jobs over REST. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "jobs")
public class JobsResource {
    private static final MediaType JPEG = new MediaType("image", "jpeg");

    private final JobService jobs;
    private final JobViewer viewer;
    private final SubmissionReader submissions;
    private final ResultWriter results;
    private final AnnotatedVideos videos;
    private final LiveWatcher lines;
    private final KeptSources sources;
    private final CurrentCaller caller;
    private final ObjectMapper json;

    JobsResource(
            JobService jobs,
            JobViewer viewer,
            SubmissionReader submissions,
            ResultWriter results,
            AnnotatedVideos videos,
            LiveWatcher lines,
            KeptSources sources,
            CurrentCaller caller,
            ObjectMapper json) {
        this.jobs = jobs;
        this.viewer = viewer;
        this.submissions = submissions;
        this.results = results;
        this.videos = videos;
        this.lines = lines;
        this.sources = sources;
        this.caller = caller;
        this.json = json;
    }

    /** Submits an upload. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @APIResponse(
            responseCode = "202",
            description = "The job, with its address in the header Location",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = JobJson.class)))
    @Operation(
            summary =
                    "Submits a file as a job. With an Idempotency-Key that has created a job before, returns that job; 409 if"
                            + " the submission differs")
    public Response upload(
            @RequestBody(
                            required = true,
                            content = @Content(mediaType = "multipart/form-data", schema = @Schema(ref = "Upload")))
                    InputStream body,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key)
            throws IOException {
        return accepted(submissions.multipart(caller.get(), body, contentType, key));
    }

    /** Submits a source that the server fetches. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "202",
            description = "The job, with its address in the header Location",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = JobJson.class)))
    @Operation(
            summary =
                    "Submits a source that the server fetches, the stored source of another job (410 when it is no longer"
                            + " kept), or a stream (409 when another open job has its key, 429 when there are too many)")
    public Response submit(
            @RequestBody(
                            required = true,
                            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Submission")))
                    InputStream body,
            @HeaderParam("Idempotency-Key") @Nullable String key)
            throws IOException {
        return accepted(submissions.json(caller.get(), body, key));
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
                            + " follow, the header Link has the address of the next list (rel=next). limit=N makes lists of"
                            + " at most N jobs")
    public RestResponse<List<JobJson>> list(
            @Parameter(schema = @Schema(enumeration = {"QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}))
                    @QueryParam("state")
                    @Nullable
                    String state,
            @QueryParam("before") @Nullable String before,
            @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
                    @QueryParam("limit")
                    @Nullable
                    String limit) {
        JobStore.Page page = jobs.list(caller.get(), state, before, limit);
        RestResponse.ResponseBuilder<List<JobJson>> answer = RestResponse.ResponseBuilder.ok(viewer.view(page.jobs()));
        return (page.more()
                        ? answer.header(
                                HttpHeaders.LINK, next(state, limit, page.jobs().getLast()))
                        : answer)
                .build();
    }

    private static String next(@Nullable String state, @Nullable String limit, Job last) {
        // Unknown states and limits were rejected before.
        return "</api/v1/jobs?" + parameter("state", state) + parameter("limit", limit) + "before=" + last.id()
                + ">; rel=\"next\"";
    }

    private static String parameter(String name, @Nullable String value) {
        return value == null || value.isEmpty() ? "" : name + "=" + value + "&";
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
    @APIResponse(
            responseCode = "202",
            description = "The job, with its address in the header Location",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = JobJson.class)))
    @Operation(
            summary =
                    "Runs the missing chunks of a job that failed or was cancelled; 410 when its source is no longer kept")
    public Response redrive(@PathParam("id") String id) {
        return accepted(jobs.redrive(id));
    }

    /** Streams the job after every change. */
    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @APIResponse(
            responseCode = "200",
            description = "Server-sent events, whose data is a job each",
            content = @Content(mediaType = "text/event-stream", schema = @Schema(implementation = JobJson.class)))
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

    /** Streams the lines of a live job. */
    @GET
    @Path("{id}/live")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @APIResponse(
            responseCode = "200",
            description = "Server-sent events",
            content = @Content(mediaType = "text/event-stream"))
    @Operation(
            summary = "Streams each line of a live job's result as soon as it is known, until the job has ended: events"
                    + " frame and gap, whose id is the number of the last frame so far. A client that reads too slowly"
                    + " misses lines, and an event missed says how many")
    public Response live(@PathParam("id") String id) {
        jobs.get(id);
        lines.check(id);
        return stream(
                        MediaType.SERVER_SENT_EVENTS,
                        out -> lines.watch(id, new LiveWatcher.Client() {
                            @Override
                            public void onLines(List<LiveFeed.Line> all) throws IOException {
                                StringBuilder events = new StringBuilder();
                                all.forEach(line -> append(events, line));
                                out.write(events.toString().getBytes(StandardCharsets.UTF_8));
                                out.flush();
                            }

                            @Override
                            public void onIdle() throws IOException {
                                out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
                                out.flush();
                            }
                        }))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private static void append(StringBuilder events, LiveFeed.Line line) {
        if (line.missed() > 0) {
            events.append("event: missed\ndata: {\"lines\":")
                    .append(line.missed())
                    .append("}\n\n");
        }
        events.append("id: ")
                .append(line.frame())
                .append(line.text().startsWith("{\"gap\"") ? "\nevent: gap\ndata: " : "\nevent: frame\ndata: ")
                .append(line.text())
                .append("\n\n");
    }

    /** Streams the result, also while the job runs. */
    @GET
    @Path("{id}/detections")
    @Produces(MediaType.WILDCARD)
    @APIResponse(
            responseCode = "200",
            description = "The result in the chosen format",
            content = {
                @Content(mediaType = "application/gzip"),
                @Content(mediaType = "application/x-ndjson"),
                @Content(mediaType = "text/csv"),
                @Content(mediaType = "application/vnd.framequota.coco+json"),
                @Content(mediaType = "text/plain"),
                @Content(mediaType = "application/vnd.framequota.mot"),
                @Content(mediaType = "application/vnd.framequota.yolo+zip"),
                @Content(mediaType = "application/vnd.framequota.cvat+xml"),
                @Content(mediaType = "application/vnd.apache.parquet")
            })
    @Operation(
            summary = "Streams the result in frame order, also while the job runs. Accept or format ("
                    + ResultFormat.NAMES + ") selects the format; follow=false returns the result so far; track=true"
                    + " numbers the objects over time, and zone=NAME=x,y x,y ... (repeated) names the zones that they are"
                    + " in, as the submission says if they are left out")
    public Response detections(
            @PathParam("id") String id,
            @Parameter(
                            schema =
                                    @Schema(
                                            enumeration = {
                                                "gzip", "jsonl", "csv", "coco", "kitti", "mot", "yolo", "cvat",
                                                "parquet"
                                            }))
                    @QueryParam("format")
                    @Nullable
                    String format,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("follow") @Nullable String follow,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("track") @Nullable String track,
            @QueryParam("zone") List<String> zones,
            @Context HttpHeaders headers) {
        Optional<Tracking> tracking = tracking(jobs.get(id), track, zones);
        boolean followed = flag("follow", follow, true);
        ResultFormat form = format == null ? accepted(headers.getAcceptableMediaTypes()) : named(format);
        results.check(id, form);
        return stream(form.mediaType(), out -> results.write(id, form, followed, tracking, out))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + id + "." + form.suffix() + "\"")
                .build();
    }

    /** Counts the tracks. */
    @GET
    @Path("{id}/tracks")
    @APIResponse(
            responseCode = "200",
            description = "The counts",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Tracks")))
    @Operation(
            summary =
                    "How many tracks the result so far has, and the counts in the zones: {\"tracks\", \"zones\": [{\"name\","
                            + " \"in\", \"out\", \"tracks\", \"inside_seconds\"}]}; zone=NAME=x,y x,y ... (repeated) in place of those"
                            + " of the submission")
    public JsonNode tracks(@PathParam("id") String id, @QueryParam("zone") List<String> zones)
            throws IOException, InterruptedException {
        return results.counts(id, tracking(jobs.get(id), "true", zones).orElseThrow());
    }

    /** What a request says of tracks, else what the submission says. */
    private static Optional<Tracking> tracking(Job job, @Nullable String track, List<String> zones) {
        Optional<Tracking> submitted = job.spec().tracking();
        if (zones.isEmpty()) {
            boolean wanted = flag("track", track, submitted.isPresent());
            return wanted ? submitted.or(() -> Tracking.of(true, List.of())) : Optional.empty();
        }
        if (!flag("track", track, true)) {
            throw RejectedRequestException.malformed("track=false has no zones; omit one of the two");
        }
        return Tracking.of(true, zones);
    }

    private static boolean flag(String name, @Nullable String value, boolean otherwise) {
        return switch (value) {
            case null -> otherwise;
            case "true" -> true;
            case "false" -> false;
            default ->
                throw RejectedRequestException.malformed(name + " is \"" + value + "\"; it must be true or false");
        };
    }

    private static ResultFormat named(String name) {
        return ResultFormat.named(name)
                .orElseThrow(() -> RejectedRequestException.malformed(
                        "no format \"" + name + "\"; formats are " + ResultFormat.NAMES));
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
    @Produces({"video/mp4", "image/jpeg"})
    @APIResponse(
            responseCode = "200",
            description = "The video",
            content = {@Content(mediaType = "video/mp4"), @Content(mediaType = "image/jpeg")})
    @APIResponse(responseCode = "206", description = "The range", content = @Content(mediaType = "video/mp4"))
    @APIResponse(responseCode = "416", description = "The range is beyond the end")
    @Operation(
            summary =
                    "The video of a succeeded job with its detections drawn in, or one range of its bytes; of a picture also as"
                            + " image/jpeg, if Accept says so; track=true numbers"
                            + " and colours objects over time and draws the submission's zones; it is the default if the job"
                            + " was submitted with track")
    public Response video(
            @PathParam("id") String id,
            @Parameter(schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("track") @Nullable String track,
            @HeaderParam("Range") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @Context HttpHeaders headers)
            throws IOException, InterruptedException {
        // The response has no validator that If-Range could name, so a request with If-Range gets the whole file.
        Optional<Tracking> tracking = tracking(jobs.get(id), track, List.of());
        boolean picture = headers.getAcceptableMediaTypes().getFirst().isCompatible(JPEG)
                && !headers.getAcceptableMediaTypes().getFirst().isWildcardType();
        return FileRangeResponse.answer(
                        picture ? videos.pictureOf(id, tracking) : videos.of(id, tracking),
                        ifRange == null ? range : null)
                .type(picture ? "image/jpeg" : "video/mp4")
                .build();
    }

    /** The source as it was given. */
    @GET
    @Path("{id}/source")
    @Produces(MediaType.WILDCARD)
    @APIResponse(
            responseCode = "200",
            description = "The source",
            content = @Content(mediaType = "application/octet-stream"))
    @APIResponse(
            responseCode = "206",
            description = "The range",
            content = @Content(mediaType = "application/octet-stream"))
    @APIResponse(responseCode = "416", description = "The range is beyond the end")
    @Operation(
            summary =
                    "The source of a job as it was given, or one range of its bytes; 410 when it is not kept here. Its type is"
                            + " that of its first bytes, application/octet-stream for other files than videos and pictures")
    public Response source(
            @PathParam("id") String id,
            @HeaderParam("Range") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange)
            throws IOException, InterruptedException {
        java.nio.file.Path file = sources.of(id);
        return FileRangeResponse.answer(file, ifRange == null ? range : null)
                .type(MediaKind.of(file))
                // Somebody else's bytes: a browser neither guesses another type nor runs what is in them.
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
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
