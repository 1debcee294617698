package io.framequota.lab.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ReplayRanking;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.scheduler.simulator.ForecastAccuracy;
import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** The result as one object for programs. */
public final class JsonReport {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The object that {@code --json} prints. */
    public static ObjectNode of(ExperimentResult result) {
        ObjectNode root = MAPPER.createObjectNode()
                .put("name", result.experiment().name())
                .put("on", result.on().word())
                .put("seed", result.experiment().seed())
                .put("scale", result.experiment().scaleOn(result.on()));
        ArrayNode policies = root.putArray("policies");
        result.policies().forEach(p -> policies.add(policy(p)));
        List<ReplayRanking> rankings = ReplayRanking.of(result.policies());
        if (result.policies().stream().allMatch(p -> p.variant().isEmpty()) && !rankings.isEmpty()) {
            ArrayNode replays = root.putArray("replay_ranking");
            rankings.forEach(r -> replays.addObject()
                    .put("policy", r.live())
                    .put("windows", r.windows().size())
                    .put("right", r.right()));
        }
        ArrayNode notices = root.putArray("notices");
        result.notices().forEach(notices::add);
        ObjectNode facts = root.putObject("facts");
        result.facts().forEach(facts::put);
        return root.put("finished", result.finished().toString());
    }

    private static ObjectNode policy(ContenderResult result) {
        ObjectNode node =
                MAPPER.createObjectNode().put("policy", result.policy().name());
        result.variant().ifPresent(v -> node.putObject("variant").put(v.field(), v.value()));
        ObjectNode parameters = node.putObject("parameters");
        result.policy().parameters().forEach(parameters::put);
        node.put("actuator", result.actuator().word()).put("mean_response_s", result.meanResponseS());
        optional(node, "predicted_mean_s", result.predictedMeanS());
        node.put("p50_s", result.median(r -> r.summary().p50S()))
                .put("p99_s", result.median(r -> r.summary().p99S()))
                .put("max_s", result.median(r -> r.summary().maxS()))
                .put("mean_slowdown", result.median(r -> r.summary().meanSlowdown()))
                .put("makespan_s", result.median(r -> r.summary().makespanS()))
                .put("throttled_s", result.median(Run::throttledS))
                .put("cpu_s", result.median(Run::cpuS))
                .put("other_cores", result.median(Run::otherCores))
                .put("handover_ms", result.median(Run::handoverMs));
        result.yardstick()
                .ifPresent(y -> node.putObject("yardstick")
                        .put("policy", y.policy())
                        .put("mean_response_s", y.meanS())
                        .put("gap", result.gap().orElse(0)));
        measures(node, measured(result));
        forecasts(node, result);
        Map<String, SortedMap<String, Double>> byLabel = LabelBreakdown.means(result);
        if (!byLabel.isEmpty()) {
            ObjectNode labels = node.putObject("mean_response_by_label_s");
            byLabel.forEach((label, means) -> means.forEach(labels.putObject(label)::put));
        }
        ArrayNode runs = node.putArray("runs");
        result.runs().forEach(r -> runs.add(run(r)));
        return node;
    }

    private static void forecasts(ObjectNode node, ContenderResult result) {
        List<ForecastOutcome> forecasts = result.forecasts();
        if (!forecasts.isEmpty()) {
            ForecastAccuracy accuracy = ForecastAccuracy.of(forecasts);
            ObjectNode forecast = node.putObject("forecast")
                    .put("jobs", accuracy.jobs())
                    .put("median_error", accuracy.medianError())
                    .put("p90_error", accuracy.p90Error())
                    .put("p99_error", accuracy.p99Error())
                    .put("bias", accuracy.bias())
                    .put("correlation", accuracy.correlation());
            result.withinForecastRange().ifPresent(f -> forecast.put("within_p10_p90", f));
        }
    }

    private static Map<ServingMetric, ServingMetric.Value> measured(ContenderResult result) {
        Map<ServingMetric, ServingMetric.Value> medians = new EnumMap<>(ServingMetric.class);
        result.runs()
                .getFirst()
                .measures()
                .keySet()
                .forEach(m -> medians.put(m, new ServingMetric.Value(result.measured(m), result.predicted(m))));
        return medians;
    }

    private static void measures(ObjectNode node, Map<ServingMetric, ServingMetric.Value> measures) {
        if (!measures.isEmpty()) {
            ObjectNode all = node.putObject("measures");
            new EnumMap<>(measures).forEach((measure, value) -> {
                ObjectNode one = all.putObject(measure.word()).put("measured", value.measured());
                optional(one, "predicted", value.predicted());
            });
        }
    }

    private static ObjectNode run(Run run) {
        ObjectNode node = MAPPER.createObjectNode()
                .put("seed", run.seed())
                .put("mean_response_s", run.summary().meanS());
        optional(node, "predicted_mean_s", run.predictedMeanS());
        node.put("p50_s", run.summary().p50S())
                .put("p99_s", run.summary().p99S())
                .put("max_s", run.summary().maxS())
                .put("mean_slowdown", run.summary().meanSlowdown())
                .put("makespan_s", run.summary().makespanS())
                .put("throttled_s", run.throttledS())
                .put("cpu_s", run.cpuS())
                .put("other_cores", run.otherCores())
                .put("handover_ms", run.handoverMs())
                .put("refused", run.refused());
        measures(node, run.measures());
        if (!run.replayedMeansS().isEmpty()) {
            new TreeMap<>(run.replayedMeansS()).forEach(node.putObject("replayed_mean_response_s")::put);
        }
        if (run.jobs().size() <= MOST_JOBS) {
            ArrayNode jobs = node.putArray("jobs");
            for (Run.JobRun j : run.jobs()) {
                ObjectNode one = jobs.addObject()
                        .put("job", j.id())
                        .put("arrival_s", j.arrivalS())
                        .put("size_s", j.sizeS())
                        .put("response_s", j.responseS());
                j.forecast().ifPresent(f -> {
                    one.put("forecast_s", f.responseS());
                    f.range().ifPresent(r -> one.put("forecast_p10_s", r.p10S()).put("forecast_p90_s", r.p90S()));
                });
            }
        }
        return node;
    }

    /** Of more jobs a run's object has the summary only. */
    private static final int MOST_JOBS = 200;

    private static void optional(ObjectNode node, String name, OptionalDouble value) {
        if (value.isPresent()) {
            node.put(name, value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }

    private JsonReport() {}
}
