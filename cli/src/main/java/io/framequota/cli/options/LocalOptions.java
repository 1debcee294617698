package io.framequota.cli.options;

import io.framequota.cli.download.DownloadableModel;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.local.LocalSettings;
import io.framequota.local.RunningSystem;
import io.framequota.scheduler.quota.Actuator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that start a local system. */
public final class LocalOptions {
    private static final List<String> BUILT_IN = List.of("people", "faces");
    /** What the built-in model people is, in one line. */
    public static final String ABOUT_PEOPLE =
            "model people is OpenCV's HOG detector of 2005: it needs no download, and misses many people; better: fq model add"
                    + " yolox_nano, then --model yolox_nano";

    private static final int MOST_WORKERS = 256;
    private static final String CPU = "cpu";
    private static final String GPU = "gpu";

    @Option(names = "--workers", paramLabel = "N", description = "Number of workers (default: one per core).")
    private @Nullable Integer workers;

    @Option(
            names = "--budget",
            paramLabel = "MILLICORES",
            description = "Millicores that the policy divides among the jobs (default: 1000 per core); cpu=N,gpu=M also"
                    + " gives millicores of the inference servers' compute time for --actuator gpu-time (default:"
                    + " 1000 per device).")
    private @Nullable String budget;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "Scheduling policy: auto (default), divide-and-conquer, one-request-at-a-time, ...;"
                    + " fq policies lists all.")
    private @Nullable String policy;

    @Option(
            names = "--model-repository",
            paramLabel = "DIR",
            description =
                    "Folder of models in Triton's layout: NAME/config.pbtxt, NAME/1/model.onnx (default: those of fq model"
                            + " add).")
    private @Nullable String models;

    @Option(
            names = "--triton",
            paramLabel = "HOST:PORT",
            description = "Inference server (KServe v2 gRPC) to use instead of the embedded ones.")
    private @Nullable String triton;

    @Option(
            names = "--actuator",
            paramLabel = "NAME",
            description =
                    "How shares are enforced: dispatch (default; chunks take turns), quota or weight (each job has"
                            + " its own worker, which the kernel limits to its share; run more workers than cores),"
                            + " gpu-time or gpu-time-borrow (each job has a part of the inference server's compute time;"
                            + " borrow: and what other jobs leave).")
    private @Nullable String actuator;

    @Option(
            names = "--jpeg-quality",
            paramLabel = "Q",
            description =
                    "Send frames to the workers as JPEG of this quality, 1 to 100, instead of raw pixels. This takes"
                            + " far fewer bytes, but costs accuracy and CPU time.")
    private @Nullable Integer jpegQuality;

    /** Name of the policy, unchecked; null for the default. */
    public @Nullable String policy() {
        return policy;
    }

    /** Whether a JPEG quality is given. */
    public boolean sendsJpeg() {
        return jpegQuality != null && jpegQuality > 0;
    }

    /**
     * Checks the options.
     *
     * @param own the user's repository, for lack of another; null or a folder that may be missing
     * @param port of the REST and gRPC API, 0 for a free one
     * @param lasting whether the data must survive a power failure
     * @throws Failure wrong use, or {@code --triton} names a server that does not answer
     */
    public LocalSettings settings(Terminal terminal, @Nullable Path own, int port, boolean lasting) {
        int cores = Runtime.getRuntime().availableProcessors();
        int count = workers != null ? workers : cores;
        if (count < 1 || count > MOST_WORKERS) {
            throw Failure.use("--workers " + count + ": give a number from 1 to " + MOST_WORKERS);
        }
        Map<String, Integer> budgets = budgets();
        if (jpegQuality != null && (jpegQuality < 0 || jpegQuality > 100)) {
            throw Failure.use("--jpeg-quality " + jpegQuality + ": give 1 to 100, or 0 for raw frames");
        }
        Path added = triton == null && own != null && Files.isDirectory(own) ? own : null;
        Path repository = models == null ? added : terminal.resolve(models);
        if (repository != null && !Files.isDirectory(repository)) {
            throw Failure.use("--model-repository " + models + ": there is no such folder");
        }
        Actuator chosen = actuator();
        if (triton != null) {
            checkReachable(triton);
        }
        if (budgets.containsKey(GPU) && !chosen.dividesComputeTime()) {
            throw Failure.use("--budget " + budget + ": a gpu budget needs --actuator gpu-time or gpu-time-borrow");
        }
        return new LocalSettings(
                        count, cores, budgets.get(CPU), policy, repository, triton, port, lasting, chosen, jpegQuality)
                .withGpuBudget(budgets.get(GPU));
    }

    /**
     * Compares the options that were given with a running system.
     *
     * @return what a system with these options would have that the running one has not; empty if it can take its place
     */
    public Optional<String> misfit(RunningSystem.@Nullable Settings running, Terminal terminal) throws IOException {
        if (running == null) {
            return Optional.of("it was started by an earlier release");
        }
        String repository =
                models == null ? null : terminal.resolve(models).toRealPath().toString();
        return Stream.of(
                        misfit("--workers", workers, running.workers()),
                        misfit("--budget", budgets().get(CPU), running.budget()),
                        misfit("--budget gpu", budgets().get(GPU), running.gpuBudget()),
                        misfit("--actuator", actuator, running.actuator()),
                        misfit("--model-repository", repository, running.models()),
                        misfit("--triton", triton, running.triton()),
                        misfit("--jpeg-quality", jpegQuality, running.jpegQuality()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> misfit(String option, @Nullable Object given, @Nullable Object running) {
        return given == null || given.equals(running)
                ? Optional.empty()
                : Optional.of(
                        "it was started " + (running == null ? "without " + option : "with " + option + " " + running));
    }

    /** The millicores that {@code --budget} gives of each resource. */
    private Map<String, Integer> budgets() {
        Map<String, Integer> budgets = new HashMap<>();
        if (budget == null) {
            return budgets;
        }
        for (String part : budget.split(",", -1)) {
            String[] named = part.contains("=") ? part.split("=", 2) : new String[] {CPU, part};
            boolean known = named[0].equals(CPU) || named[0].equals(GPU);
            if (!known || !named[1].matches("[0-9]{1,9}") || Integer.parseInt(named[1]) < 10) {
                throw Failure.use(
                        "--budget " + budget + ": give millicores, at least 10, or cpu=MILLICORES,gpu=MILLICORES");
            }
            if (budgets.put(named[0], Integer.valueOf(named[1])) != null) {
                throw Failure.use("--budget " + budget + ": give " + named[0] + " once");
            }
        }
        return budgets;
    }

    private Actuator actuator() {
        if (actuator == null) {
            return Actuator.DISPATCH;
        }
        Actuator named = Arrays.stream(Actuator.values())
                .filter(a -> a.label().equals(actuator))
                .findFirst()
                .orElseThrow(() -> Failure.use("--actuator " + actuator + ": give " + Actuator.labels()));
        if (triton != null && named.limitsWorkers()) {
            throw Failure.use("--actuator " + actuator
                    + ": workers share the server of --triton, so none can be limited to its share; omit one"
                    + " of the options");
        }
        return named;
    }

    /** Whether the embedded inference server has a model without any repository. */
    public static boolean isBuiltIn(String model) {
        return BUILT_IN.contains(model);
    }

    /**
     * Checks that the inference servers of these settings could have a model.
     *
     * @param ownModels the user's repository
     * @throws Failure wrong use: they cannot
     */
    public static void checkModel(LocalSettings settings, Path ownModels, String model) {
        if (settings.triton() != null || BUILT_IN.contains(model)) {
            return;
        }
        Path repository = settings.models();
        if (repository == null || model.contains("/") || !Files.isDirectory(repository.resolve(model))) {
            String there = "there is no model " + model + ": built in are " + String.join(" and ", BUILT_IN)
                    + (repository == null ? "" : ", and " + repository + " has no folder " + model);
            boolean own = repository == null || repository.equals(ownModels);
            String command =
                    "fq model add " + (DownloadableModel.named(model).isPresent() ? model : "FILE --name " + model)
                            + (own ? "" : " --repository " + repository);
            throw Failure.use(there + "; to add it type: " + command);
        }
        if (!Files.isRegularFile(repository.resolve(model).resolve("config.pbtxt"))) {
            throw Failure.use("model " + model + " has no config.pbtxt in " + repository.resolve(model)
                    + ": write one as for Triton");
        }
    }

    private static void checkReachable(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (colon < 1 || port < 1 || port > 65535) {
                throw new NumberFormatException(address);
            }
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), 3000);
        } catch (NumberFormatException e) {
            throw Failure.use("--triton " + address + ": give HOST:PORT of its gRPC port, such as 127.0.0.1:8001");
        } catch (IOException e) {
            throw Failure.missing("no inference server answers at " + address + ": start it, or omit --triton");
        }
    }
}
