package io.framequota.scheduler.controller.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.quota.Actuator;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Lists the policies; shows and selects the live one. */
@Path("/api/v1")
@RunOnVirtualThread
public class PolicyResource {
    private static final Set<String> KEYS = Set.of("policy", "parameters", "actuator");

    private final Scheduler scheduler;
    private final ObjectMapper json;

    private final Optional<String> quotaPolicy;

    @Inject
    PolicyResource(
            Scheduler scheduler,
            ObjectMapper json,
            @ConfigProperty(name = "framequota.kubernetes.quotapolicy") Optional<String> quotaPolicy) {
        this.scheduler = scheduler;
        this.json = json;
        this.quotaPolicy = quotaPolicy;
    }

    /** A policy; {@code liveParameters} are the parameters selected with the live policy. */
    public record PolicyView(
            String name,
            List<String> aliases,
            String explanation,
            List<ParameterView> parameters,
            boolean live,
            Map<String, String> liveParameters) {}

    /** A parameter and its allowed values. */
    public record ParameterView(
            String name,
            String explanation,
            String allowed,
            @JsonProperty("default") String defaultValue) {}

    /** The policy in force; {@code notice}: until when a selection beside a QuotaPolicy stays, null without one. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LiveView(
            String policy,
            Map<String, String> parameters,
            @Nullable String notice) {}

    @GET
    @Path("policies")
    public List<PolicyView> policies() {
        ConfiguredPolicy live = scheduler.policy();
        return Policies.installed().serving().stream().map(k -> view(k, live)).toList();
    }

    private static PolicyView view(PolicyDefinition kind, @Nullable ConfiguredPolicy live) {
        ConfiguredPolicy chosen = live != null && live.name().equals(kind.name()) ? live : null;
        return new PolicyView(
                kind.name(),
                kind.aliases(),
                kind.description(),
                kind.parameters().stream()
                        .map(p -> new ParameterView(
                                p.name(), p.explanation(), p.values().describe(), p.defaultValue()))
                        .toList(),
                chosen != null,
                chosen == null ? Map.of() : chosen.parameters());
    }

    /** The policy in force. */
    @GET
    @Path("policy")
    public LiveView policy() {
        ConfiguredPolicy live = scheduler.policy();
        if (live == null) {
            throw HttpProblem.notLeading();
        }
        return new LiveView(live.name(), live.parameters(), null);
    }

    /** Selects another policy: {@code {"policy": NAME, "parameters": {NAME: VALUE}, "actuator": NAME}}. */
    @PUT
    @Path("policy")
    public LiveView choose(String body) {
        try {
            JsonNode request = parse(body);
            Actuator actuator = actuator(request);
            ConfiguredPolicy chosen = scheduler.selectPolicy(
                    request.path("policy").asText(),
                    parameters(request),
                    actuator == null ? scheduler.selectedActuator() : actuator);
            return new LiveView(
                    chosen.name(),
                    chosen.parameters(),
                    quotaPolicy
                            .map(name -> "the policy stays until the spec of the QuotaPolicy " + name
                                    + " changes, and the actuator until then or until the leader changes; meanwhile its"
                                    + " condition Live is False if it selects something else")
                            .orElse(null));
        } catch (InvalidPolicyException e) {
            throw bad(e.explanation());
        } catch (AuthorityException e) {
            throw HttpProblem.of(
                    Response.Status.SERVICE_UNAVAILABLE, "the policy could not be stored: " + e.getMessage());
        }
    }

    private JsonNode parse(String body) {
        JsonNode request;
        try {
            request = json.readTree(body);
        } catch (IOException e) {
            throw bad("the body is not JSON; send {\"policy\":\"divide-and-conquer\"}");
        }
        if (!request.path("policy").isTextual()) {
            throw bad("the body names no policy; send {\"policy\":\"divide-and-conquer\"}");
        }
        request.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw bad("unknown key '" + key + "'; allowed: policy, parameters, actuator");
            }
        });
        return request;
    }

    /** The named actuator, null if the present one is to stay. */
    private static @Nullable Actuator actuator(JsonNode request) {
        JsonNode named = request.path("actuator");
        try {
            return named.isMissingNode() || named.isNull() ? null : Actuator.named(named.asText());
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> parameters(JsonNode request) {
        Map<String, String> parameters = new LinkedHashMap<>();
        JsonNode given = request.path("parameters");
        if (!given.isObject() && !given.isMissingNode() && !given.isNull()) {
            throw bad("parameters must be an object of names and values");
        }
        given.properties().forEach(e -> {
            if (!e.getValue().isValueNode() || e.getValue().isNull()) {
                throw bad("parameter " + e.getKey() + " must be a text, a number, true or false");
            }
            parameters.put(e.getKey(), e.getValue().asText());
        });
        return parameters;
    }

    private static jakarta.ws.rs.WebApplicationException bad(String detail) {
        return HttpProblem.of(Response.Status.BAD_REQUEST, detail);
    }
}
