package io.framequota.scheduler.controller.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.forecast.FitResult;
import io.framequota.scheduler.controller.forecast.ForecastHistory;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.policy.SchedulingLabels;
import io.framequota.scheduler.simulator.ForecastAccuracy;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Forecasts of open jobs and of a job that is not submitted yet, and the accuracy of earlier forecasts. */
@Path("/api/v1")
@Blocking
public class ForecastResource {
    private final Scheduler scheduler;
    private final ObjectMapper json;

    @Inject
    ForecastResource(Scheduler scheduler, ObjectMapper json) {
        this.scheduler = scheduler;
        this.json = json;
    }

    /** Accuracy over the last jobs, in total and by policy. */
    public record AccuracyView(@JsonUnwrapped ForecastAccuracy all, List<PolicyAccuracy> policies) {}

    /** Accuracy under one policy. */
    public record PolicyAccuracy(
            String policy, @JsonUnwrapped ForecastAccuracy accuracy) {}

    /** The forecast of one job, in seconds from its submission; without seconds while its size is not known. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ForecastView(
            String job,
            @Nullable Integer position,
            @Nullable Double forecastS,
            @Nullable Double forecastP10S,
            @Nullable Double forecastP90S,
            String policy,
            String method) {
        static ForecastView of(JobForecast f) {
            return new ForecastView(
                    f.job(),
                    f.position() == 0 ? null : f.position(),
                    f.sized() ? f.forecastS() : null,
                    f.sized() ? f.p10S() : null,
                    f.sized() ? f.p90S() : null,
                    f.policy(),
                    f.simulated() ? "simulated" : "counted");
        }
    }

    /** The latest forecasts of the open jobs. */
    @GET
    @Path("forecasts")
    public List<ForecastView> forecasts() {
        requireLeading();
        return scheduler.forecaster().forecasts().stream().map(ForecastView::of).toList();
    }

    /** The accuracy of first forecasts. */
    @GET
    @Path("policies/accuracy")
    public AccuracyView accuracy() {
        requireLeading();
        ForecastHistory history = scheduler.forecaster().history();
        return new AccuracyView(
                history.accuracy(),
                history.byPolicy().entrySet().stream()
                        .map(e -> new PolicyAccuracy(e.getKey(), e.getValue()))
                        .toList());
    }

    /**
     * Forecasts whether a job would end in time if it was submitted now: {@code {"model": NAME, "frames": N, "labels": {K: V},
     * "deadline_s": SECONDS}}. Frames and deadline are optional.
     */
    @POST
    @Path("forecast")
    public FitResult fit(String body) {
        JsonNode question = parse(body);
        DispatcherSnapshot present = scheduler.snapshot();
        if (present == null) {
            throw HttpProblem.notLeading();
        }
        double deadlineS = question.path("deadline_s").asDouble(Double.POSITIVE_INFINITY);
        Map<String, String> labels = new TreeMap<>();
        question.path("labels")
                .properties()
                .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
        if (deadlineS < Double.POSITIVE_INFINITY) {
            // The label that a submission would have; some policies decide by it.
            labels.putIfAbsent(SchedulingLabels.DEADLINE, Double.toString(deadlineS));
        }
        JobDescriptor job = new JobDescriptor(
                "",
                0,
                question.path("model").asText(),
                labels,
                question.path("frames").asLong(0),
                JobDescriptor.UNLIMITED,
                present.nowUs());
        return scheduler.forecaster().fit(present, job, deadlineS);
    }

    /** A standby may still have forecasts from when it led; they are not valid any more. */
    private void requireLeading() {
        if (!scheduler.leads()) {
            throw HttpProblem.notLeading();
        }
    }

    private JsonNode parse(String body) {
        try {
            JsonNode question = json.readTree(body);
            if (question.path("model").isTextual()) {
                return question;
            }
        } catch (IOException e) {
            throw bad();
        }
        throw bad();
    }

    private static RuntimeException bad() {
        return HttpProblem.of(
                Response.Status.BAD_REQUEST,
                "the body names no model; send {\"model\":\"people\",\"frames\":100,\"deadline_s\":30}");
    }
}
