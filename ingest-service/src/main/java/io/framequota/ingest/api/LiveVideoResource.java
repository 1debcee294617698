package io.framequota.ingest.api;

import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.live.publish.LiveOutputs;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The annotated stream of a live job as HLS. Other sites' pages get nothing, as from every address of this service. */
@Path("/api/v1/jobs/{id}")
@RunOnVirtualThread
@Tag(name = "jobs")
public class LiveVideoResource {
    private static final String PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
    private static final String SEGMENT_TYPE = "video/mp2t";

    private final JobService jobs;
    private final LiveOutputs outputs;

    LiveVideoResource(JobService jobs, LiveOutputs outputs) {
        this.jobs = jobs;
        this.outputs = outputs;
    }

    /** The playlist. */
    @GET
    @Path(LiveOutputs.PLAYLIST)
    @Produces(PLAYLIST_TYPE)
    @APIResponse(
            responseCode = "200",
            description = "The playlist",
            content = @Content(mediaType = "application/vnd.apple.mpegurl"))
    @Operation(
            summary =
                    "HLS playlist of the annotated stream of a live job with hls: the last 12 seconds. 404 before the first"
                            + " segment is complete, and when the job has ended")
    public Response playlist(@PathParam("id") String id) {
        return answer(id, outputs.playlist(id));
    }

    /** A segment. */
    @GET
    @Path("live/{segment}")
    @Produces(SEGMENT_TYPE)
    @APIResponse(responseCode = "200", description = "The segment", content = @Content(mediaType = "video/mp2t"))
    @Operation(summary = "A segment of the playlist, two seconds of MPEG-TS; 404 when it is older than the playlist")
    public Response segment(@PathParam("id") String id, @PathParam("segment") String segment) {
        return answer(id, outputs.segment(id, segment));
    }

    private Response answer(String id, Optional<byte[]> file) {
        jobs.get(id);
        byte[] content = file.orElseThrow(() -> RejectedRequestException.notFound("job " + id
                + " has no such part of an annotated stream now; live jobs with hls have one while they run"));
        return Response.ok(content)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
