package io.framequota.ingest.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.report.AnnouncedModels;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The system over REST: its models, and the answers of the scheduler. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "system")
public class SystemResource {
    /**
     * A model.
     *
     * @param reason why jobs cannot use it, null when they can
     */
    record ModelJson(
            String name,
            String postprocess,
            int width,
            int height,
            List<String> labels,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String reason) {}

    private final SchedulerClient scheduler;
    private final SubmissionReader submissions;
    private final AnnouncedModels models;
    private final VisibleJobs visible;
    private final CurrentCaller caller;

    SystemResource(
            SchedulerClient scheduler,
            SubmissionReader submissions,
            AnnouncedModels models,
            VisibleJobs visible,
            CurrentCaller caller) {
        this.scheduler = scheduler;
        this.submissions = submissions;
        this.models = models;
        this.visible = visible;
        this.caller = caller;
    }

    /** Lists the models. */
    @GET
    @Path("models")
    @Operation(
            summary = "The models that workers have announced",
            description = "A model with `reason` is on an inference server, but no job can use it; the reason says why")
    public List<ModelJson> models() {
        return Stream.concat(
                        models.usable().stream().map(SystemResource::json),
                        models.unusable().stream().map(m -> new ModelJson(m.name(), "", 0, 0, List.of(), m.reason())))
                .toList();
    }

    private static ModelJson json(ModelCard card) {
        return new ModelJson(
                card.getName(), card.getPostprocess(), card.getWidth(), card.getHeight(), card.getLabelsList(), null);
    }

    /** The current allocation. */
    @GET
    @Path("allocation")
    @APIResponse(
            responseCode = "200",
            description = "The allocation",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Allocation")))
    @Operation(summary = "Shows how many millicores each job has, and each live stream has reserved, now")
    public Response allocation() throws InterruptedException {
        return visible.of(caller.get(), scheduler.get("/api/v1/allocation"));
    }

    /** Lists the workers. */
    @GET
    @Path("workers")
    @APIResponse(
            responseCode = "200",
            description = "The workers",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Workers")))
    @Operation(summary = "Lists the workers and their running chunks")
    public Response workers() throws InterruptedException {
        return visible.of(caller.get(), scheduler.get("/api/v1/workers"));
    }

    /** Lists the latest decisions. */
    @GET
    @Path("decisions")
    @APIResponse(
            responseCode = "200",
            description = "The decisions",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Decisions")))
    @Operation(
            summary = "Lists the latest grants: the chunk, the worker, and when each was decided, started and finished")
    public Response decisions() throws InterruptedException {
        return visible.of(caller.get(), scheduler.get("/api/v1/decisions"));
    }

    /** Replays the decisions. */
    @GET
    @Path("decisions/replay")
    @APIResponse(
            responseCode = "200",
            description = "The outcome",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Replay")))
    @Operation(summary = "Makes every decision again from the data of its time, and says whether it is the same")
    public Response replay() throws InterruptedException {
        return scheduler.getComputed("/api/v1/decisions/replay");
    }

    /** Lists the policies. */
    @GET
    @Path("policies")
    @APIResponse(
            responseCode = "200",
            description = "The policies",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Policies")))
    @Operation(summary = "Lists the policies and marks the current one")
    public Response policies() throws InterruptedException {
        return scheduler.get("/api/v1/policies");
    }

    /** Compares the policies on the jobs of the last hours. */
    @GET
    @Path("policies/shadow")
    @APIResponse(
            responseCode = "200",
            description = "The comparison",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Shadow")))
    @Operation(summary = "Shows what each policy would have done with the jobs of the last hours")
    public Response shadow(
            @Parameter(description = "Above 0, at most 24", schema = @Schema(type = SchemaType.NUMBER))
                    @QueryParam("hours")
                    @DefaultValue("1")
                    String hours)
            throws InterruptedException {
        return scheduler.getComputed(
                "/api/v1/policies/shadow?hours=" + URLEncoder.encode(hours, StandardCharsets.UTF_8));
    }

    /** The accuracy of forecasts. */
    @GET
    @Path("policies/accuracy")
    @APIResponse(
            responseCode = "200",
            description = "The accuracy",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Accuracy")))
    @Operation(summary = "Shows the error of the first forecasts of the latest jobs, in total and by policy")
    public Response accuracy() throws InterruptedException {
        return scheduler.get("/api/v1/policies/accuracy");
    }

    /** The latest forecasts. */
    @GET
    @Path("forecasts")
    @APIResponse(
            responseCode = "200",
            description = "The forecasts",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "Forecasts")))
    @Operation(summary = "The latest forecasts of the open jobs")
    public Response forecasts() throws InterruptedException {
        return visible.of(caller.get(), scheduler.get("/api/v1/forecasts"));
    }

    /** The current policy. */
    @GET
    @Path("policy")
    @APIResponse(
            responseCode = "200",
            description = "The policy",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "LivePolicy")))
    @Operation(summary = "The current policy")
    public Response policy() throws InterruptedException {
        return scheduler.get("/api/v1/policy");
    }

    /** Sets the current policy. */
    @PUT
    @Path("policy")
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "The policy",
            content = @Content(mediaType = "application/json", schema = @Schema(ref = "LivePolicy")))
    @Operation(summary = "Sets the current policy")
    public Response policy(
            @RequestBody(
                            required = true,
                            content = @Content(mediaType = "application/json", schema = @Schema(ref = "PolicyChoice")))
                    InputStream choice)
            throws IOException, InterruptedException {
        return scheduler.put("/api/v1/policy", submissions.readJson(choice));
    }
}
