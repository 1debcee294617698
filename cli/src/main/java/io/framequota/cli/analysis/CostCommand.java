package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.cost.Prices;
import io.framequota.analysis.cost.ServingCost;
import io.framequota.cli.options.ServerOption;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq cost}. */
@Command(
        name = "cost",
        description = "Turn computing time into money: of a job that ended, or of requests with a given latency.",
        footer = {
            "",
            "A job's cost is the processor time that all processes used for it; waiting costs nothing.",
            "With --latency-ms each request occupies --cores and --gpus for that long; half and double the latency are"
                    + " shown beside it.",
            "",
            "Examples:",
            "  fq cost 1f0c2a9d --price-per-core-hour 0.05",
            "  fq cost 1f0c2a9d --price-per-core-hour 0.05 --requests-per-day 2000",
            "  fq cost --latency-ms 200 --requests-per-day 98630137 --price-per-core-hour 0.05"
        })
public final class CostCommand implements Callable<Integer> {
    private static final double PER = 1000;

    private final Terminal terminal;
    private final Installation installation;
    private final Map<String, String> environment;

    @Mixin
    private ServerOption server = new ServerOption();

    @Parameters(paramLabel = "JOB", arity = "0..1", description = "Id of a job that ended, or the beginning of it.")
    private @Nullable String job;

    @Option(
            names = "--price-per-core-hour",
            required = true,
            paramLabel = "X",
            description = "Price of a core for an hour.")
    private double pricePerCoreHour;

    @Option(
            names = "--price-per-gpu-hour",
            paramLabel = "Y",
            description = "Price of a GPU for an hour (default: ${DEFAULT-VALUE}).")
    private double pricePerGpuHour;

    @Option(names = "--latency-ms", paramLabel = "L", description = "Milliseconds that a request takes.")
    private @Nullable Double latencyMs;

    @Option(names = "--requests-per-day", paramLabel = "N", description = "Requests, or jobs like this one, a day.")
    private @Nullable Double requestsPerDay;

    @Option(
            names = "--cores",
            paramLabel = "C",
            description = "Cores that a request occupies (default: ${DEFAULT-VALUE}).")
    private double cores = 1;

    @Option(
            names = "--gpus",
            paramLabel = "G",
            description = "GPUs that a request occupies (default: ${DEFAULT-VALUE}).")
    private double gpus;

    @Option(
            names = "--utilization",
            paramLabel = "U",
            description =
                    "Part of the paid time in which cores are busy, above 0, at most 1 (default: ${DEFAULT-VALUE}).")
    private double utilization = 1;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    public CostCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        this.terminal = terminal;
        this.installation = installation;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        if ((job == null) == (latencyMs == null)) {
            throw Failure.use("give either a job's id or --latency-ms with --requests-per-day");
        }
        if (!(utilization > 0 && utilization <= 1)) {
            throw Failure.use("--utilization " + utilization + ": give a number above 0, at most 1");
        }
        if (requestsPerDay != null && !(requestsPerDay > 0 && requestsPerDay < 1e15)) {
            throw Failure.use("--requests-per-day " + requestsPerDay + ": give a number above 0, below 1e15");
        }
        if (latencyMs != null && requestsPerDay == null) {
            throw Failure.use("--latency-ms needs --requests-per-day");
        }
        try {
            Prices prices = new Prices(pricePerCoreHour, pricePerGpuHour);
            ObjectNode result = job == null ? served(prices) : ofJob(job, prices);
            if (json) {
                terminal.print(result.toString());
            } else if (job == null) {
                printServed(result);
            } else {
                printJob(result);
            }
        } catch (IllegalArgumentException e) {
            throw Failure.use(String.valueOf(e.getMessage()));
        }
        return Failure.DONE;
    }

    private ObjectNode served(Prices prices) {
        double latencyS = (latencyMs == null ? 0 : latencyMs) / PER;
        ServingCost cost =
                new ServingCost(latencyS, cores, gpus, requestsPerDay == null ? 0 : requestsPerDay, utilization);
        ObjectNode root = served(new ObjectMapper().createObjectNode(), cost, prices);
        ArrayNode others = root.putArray("at_other_latencies");
        for (double factor : new double[] {0.5, 2}) {
            served(others.addObject(), cost.withLatency(factor * latencyS), prices);
        }
        return root;
    }

    private static ObjectNode served(ObjectNode node, ServingCost cost, Prices prices) {
        return node.put("latency_ms", cost.latencyS() * PER)
                .put("core_seconds_per_request", cost.coreSecondsPerRequest())
                .put("busy_cores", cost.busyCores())
                .put("paid_cores", cost.paidCores())
                .put("cost_per_1000_requests", PER * cost.perRequest(prices))
                .put("cost_per_day", cost.perDay(prices))
                .put("cost_per_year", cost.perYear(prices));
    }

    private void printServed(ObjectNode result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("LATENCY", "BUSY CORES", "PAID CORES", "PER 1000 REQUESTS", "PER DAY", "PER YEAR"));
        rows.add(servedRow(result.path("at_other_latencies").path(0)));
        rows.add(servedRow(result));
        rows.add(servedRow(result.path("at_other_latencies").path(1)));
        terminal.print(Formatting.table(rows));
    }

    private static List<String> servedRow(JsonNode cost) {
        return List.of(
                number(cost.path("latency_ms")) + " ms",
                number(cost.path("busy_cores")),
                number(cost.path("paid_cores")),
                money(cost.path("cost_per_1000_requests")),
                money(cost.path("cost_per_day")),
                money(cost.path("cost_per_year")));
    }

    private ObjectNode ofJob(String id, Prices prices) throws InterruptedException {
        JobStatus status;
        try (ServerClient client = server.connect(installation, environment)) {
            status = client.job(client.jobId(id));
        }
        if (!status.ended()) {
            throw Failure.work("job " + status.id() + " has not ended: it is " + status.state()
                    + "; wait for it with fq watch " + status.id());
        }
        double model = status.json().path("model_seconds").asDouble();
        double decode = status.json().path("decode_seconds").asDouble();
        double overhead = status.json().path("overhead_seconds").asDouble();
        double total = model + decode + overhead;
        double cost = prices.of(total, 0) / utilization;
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("job", status.id()).put("frames", status.frames()).put("seconds", status.seconds());
        ObjectNode coreSeconds = root.putObject("core_seconds");
        coreSeconds
                .put("model", model)
                .put("decode", decode)
                .put("overhead", overhead)
                .put("total", total);
        root.put("cost", cost);
        if (status.frames() > 0) {
            root.put("cost_per_1000_frames", PER * cost / status.frames());
        }
        if (requestsPerDay != null) {
            root.put("cost_per_day", cost * requestsPerDay)
                    .put("cost_per_year", cost * requestsPerDay * ServingCost.DAYS_PER_YEAR);
        }
        return root;
    }

    private void printJob(ObjectNode result) {
        JsonNode time = result.path("core_seconds");
        double total = Math.max(1e-12, time.path("total").asDouble());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STAGE", "CORE-SECONDS", "SHARE", "COST"));
        for (String stage : List.of("model", "decode", "overhead", "total")) {
            double seconds = time.path(stage).asDouble();
            rows.add(List.of(
                    stage,
                    String.format(Locale.ROOT, "%.2f", seconds),
                    String.format(Locale.ROOT, "%.0f %%", 100 * seconds / total),
                    money(result.path("cost").asDouble() * seconds / total)));
        }
        terminal.print(Formatting.table(rows));
        if (result.has("cost_per_1000_frames")) {
            terminal.print(money(result.path("cost_per_1000_frames")) + " per 1000 frames");
        }
        if (result.has("cost_per_year")) {
            terminal.print(
                    money(result.path("cost_per_day")) + " a day, " + money(result.path("cost_per_year")) + " a year");
        }
    }

    private static String number(JsonNode value) {
        return String.format(Locale.ROOT, value.asDouble() >= 100 ? "%,.0f" : "%.3g", value.asDouble());
    }

    private static String money(JsonNode value) {
        return money(value.asDouble());
    }

    /** Rounded to cents, or to four digits if that would be 0. */
    private static String money(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : value >= 1 ? "%.2f" : "%.4g", value);
    }
}
