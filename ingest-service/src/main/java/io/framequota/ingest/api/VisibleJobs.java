package io.framequota.ingest.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.JobService;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of the scheduler's answers what is about jobs that a caller does not see: entries of lists whose {@code job} is another
 * tenant's, and what a worker does for them. Fields about all jobs together go too. Administrators get the answers as they are.
 */
@Singleton
final class VisibleJobs {
    private static final String JOB = "job";

    /** Fields about all jobs together. */
    private static final Set<String> ABOUT_ALL = Set.of("explanation", "allocated", "reserved", "first_frame");

    private final JobService jobs;
    private final ObjectMapper json;

    VisibleJobs(JobService jobs, ObjectMapper json) {
        this.jobs = jobs;
        this.json = json;
    }

    Response of(Caller caller, Response answer) {
        if (caller.admin() || answer.getStatus() != 200) {
            return answer;
        }
        try {
            JsonNode all = json.readTree((byte[]) answer.getEntity());
            Set<String> named = new HashSet<>();
            collect(all, named);
            JsonNode own = without(all, jobs.visible(caller, named));
            return Response.ok(json.writeValueAsBytes(own == null ? NullNode.instance : own))
                    .type(MediaType.APPLICATION_JSON)
                    .build();
        } catch (JsonProcessingException e) {
            throw RejectedRequestException.unavailable("the scheduler's answer cannot be read; try again");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void collect(JsonNode node, Set<String> named) {
        if (node.path(JOB).isTextual()) {
            named.add(node.path(JOB).textValue());
        }
        node.forEach(child -> collect(child, named));
    }

    /** The node without what is about other jobs than these; null if nothing of it is left. */
    static @Nullable JsonNode without(JsonNode node, Set<String> seen) {
        switch (node) {
            case ObjectNode object -> {
                JsonNode job = object.get(JOB);
                if (job != null && !seen.contains(job.asText())) {
                    return null;
                }
                boolean own = job != null;
                for (Iterator<Map.Entry<String, JsonNode>> fields = object.fields(); fields.hasNext(); ) {
                    Map.Entry<String, JsonNode> field = fields.next();
                    if (!own && ABOUT_ALL.contains(field.getKey())) {
                        fields.remove();
                    } else {
                        JsonNode left = without(field.getValue(), seen);
                        field.setValue(left == null ? NullNode.instance : left);
                    }
                }
                return object;
            }
            case ArrayNode array -> {
                List<JsonNode> all = new ArrayList<>();
                array.forEach(all::add);
                array.removeAll();
                for (JsonNode child : all) {
                    JsonNode left = without(child, seen);
                    if (left != null) {
                        array.add(left);
                    }
                }
                return array;
            }
            default -> {
                return node;
            }
        }
    }
}
