package io.framequota.ingest.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.DryRunService;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Says whether a job would end in time, without submitting it. Takes the same bodies as a submission. */
@Path("/api/v1/forecast")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "jobs")
public class DryRunResource {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|)");

    private final SubmissionReader submissions;
    private final DryRunService dryRuns;
    private final SchedulerClient scheduler;
    private final CurrentCaller caller;
    private final ObjectMapper json;

    DryRunResource(
            SubmissionReader submissions,
            DryRunService dryRuns,
            SchedulerClient scheduler,
            CurrentCaller caller,
            ObjectMapper json) {
        this.submissions = submissions;
        this.dryRuns = dryRuns;
        this.scheduler = scheduler;
        this.caller = caller;
        this.json = json;
    }

    /** A dry run of an upload. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @APIResponse(
            responseCode = "200",
            description = "The forecast",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Fit")))
    @Operation(
            summary =
                    "Says whether a job of this file would end within deadline=30s if it were submitted now. Does not submit it."
                            + " Parts as in a submission")
    public Response upload(
            @RequestBody(
                            required = true,
                            content = @Content(mediaType = "multipart/form-data", schema = @Schema(ref = "Upload")))
                    InputStream body,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @QueryParam("deadline") @Nullable String deadline)
            throws IOException, InterruptedException {
        double seconds = seconds(deadline);
        Caller who = caller.get();
        return answer(
                submissions.multipart(
                        who, body, contentType, null, (submission, upload) -> dryRuns.of(who, submission, upload)),
                seconds);
    }

    /** A dry run of a source that the server fetches. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "The forecast",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Fit")))
    @Operation(
            summary =
                    "Says whether a job of this URL or sample:walkers would end within deadline=30s if it were submitted now."
                            + " Does not submit it. Body as in a submission")
    public Response source(
            @RequestBody(
                            required = true,
                            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Submission")))
                    InputStream body,
            @QueryParam("deadline") @Nullable String deadline)
            throws IOException, InterruptedException {
        double seconds = seconds(deadline);
        return answer(dryRuns.of(caller.get(), submissions.submission(body, null)), seconds);
    }

    private Response answer(DryRunService.Candidate candidate, double deadlineS) throws InterruptedException {
        ObjectNode question = json.createObjectNode();
        question.put("model", candidate.model()).put("frames", candidate.frames());
        if (deadlineS < Double.POSITIVE_INFINITY) {
            question.put("deadline_s", deadlineS);
        }
        ObjectNode labels = question.putObject("labels");
        candidate.labels().forEach(labels::put);
        return scheduler.post("/api/v1/forecast", question.toString());
    }

    private static double seconds(@Nullable String deadline) {
        if (deadline == null || deadline.isBlank()) {
            return Double.POSITIVE_INFINITY;
        }
        Matcher matcher = DURATION.matcher(deadline.strip());
        double number = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
        if (!(number > 0)) {
            throw RejectedRequestException.malformed(
                    "deadline is \"" + deadline + "\"; it must be a time above 0, such as 30s, 500ms, 2m or 1h");
        }
        return number
                * switch (matcher.group(2)) {
                    case "ms" -> 1e-3;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> 1;
                };
    }
}
