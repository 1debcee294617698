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
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The system over REST: its models, and what the scheduler answers. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "system")
public class SystemResource {
    /**
     * A model.
     *
     * @param reason why jobs cannot name it, null when they can
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

    SystemResource(SchedulerClient scheduler, SubmissionReader submissions, AnnouncedModels models) {
        this.scheduler = scheduler;
        this.submissions = submissions;
        this.models = models;
    }

    /** Models. */
    @GET
    @Path("models")
    @Operation(
            summary = "The models that workers have announced",
            description = "With `reason`: those that their inference servers have and no job can use, and why")
    public List<ModelJson> models() {
        return Stream.concat(
                        models.all().stream().map(SystemResource::json),
                        models.unusable().stream().map(m -> new ModelJson(m.name(), "", 0, 0, List.of(), m.reason())))
                .toList();
    }

    private static ModelJson json(ModelCard card) {
        return new ModelJson(
                card.getName(), card.getPostprocess(), card.getWidth(), card.getHeight(), card.getLabelsList(), null);
    }

    /** Allocation. */
    @GET
    @Path("allocation")
    @Operation(summary = "Who holds how many millicores now")
    public Response allocation() throws InterruptedException {
        return scheduler.get("/api/v1/allocation");
    }

    /** Workers. */
    @GET
    @Path("workers")
    @Operation(summary = "The workers and what they run")
    public Response workers() throws InterruptedException {
        return scheduler.get("/api/v1/workers");
    }

    /** Decisions. */
    @GET
    @Path("decisions")
    @Operation(summary = "The last grants: which chunk, which worker, decided, started and finished when")
    public Response decisions() throws InterruptedException {
        return scheduler.get("/api/v1/decisions");
    }

    /** The decisions once more. */
    @GET
    @Path("decisions/replay")
    @Operation(summary = "Whether every decision comes out the same when it is made once more from what was known then")
    public Response replay() throws InterruptedException {
        return scheduler.compute("/api/v1/decisions/replay");
    }

    /** Policies. */
    @GET
    @Path("policies")
    @Operation(summary = "The policies, and which one is live")
    public Response policies() throws InterruptedException {
        return scheduler.get("/api/v1/policies");
    }

    /** Policies that did not run, on the jobs that came. */
    @GET
    @Path("policies/shadow")
    @Operation(summary = "What each policy would have done with the jobs of the last hours")
    public Response shadow(@QueryParam("hours") @DefaultValue("1") String hours) throws InterruptedException {
        return scheduler.compute("/api/v1/policies/shadow?hours=" + URLEncoder.encode(hours, StandardCharsets.UTF_8));
    }

    /** How right forecasts were. */
    @GET
    @Path("policies/accuracy")
    @Operation(summary = "How right first forecasts of the last jobs were, and by policy")
    public Response accuracy() throws InterruptedException {
        return scheduler.get("/api/v1/policies/accuracy");
    }

    /** When the open jobs will end. */
    @GET
    @Path("forecasts")
    @Operation(summary = "The latest forecasts of the open jobs")
    public Response forecasts() throws InterruptedException {
        return scheduler.get("/api/v1/forecasts");
    }

    /** The live policy. */
    @GET
    @Path("policy")
    @Operation(summary = "The live policy")
    public Response policy() throws InterruptedException {
        return scheduler.get("/api/v1/policy");
    }

    /** Sets the live policy. */
    @PUT
    @Path("policy")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Sets the live policy")
    public Response policy(InputStream choice) throws IOException, InterruptedException {
        return scheduler.put("/api/v1/policy", submissions.text(choice));
    }
}
