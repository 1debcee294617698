package io.framequota.local;

import io.framequota.common.access.ControlToken;
import io.framequota.common.access.InferenceToken;
import io.framequota.local.kafka.BrokerLogin;
import io.framequota.local.postgres.PostgresServer;
import io.framequota.local.process.ProcessSpec;
import io.framequota.local.process.Watchdog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The processes of a local system, as values. All run in the data folder and reach the project through its link {@code app},
 * so their command lines contain no path of the user's, and the name of a module is in the command lines of its own processes
 * only.
 */
final class ProcessSpecs {
    /** Link in the data folder to the project. */
    static final String APP = "app";

    /** Link in the data folder to the model repository. */
    static final String MODELS = "models";

    /** Link in the data folder to the start-up caches. */
    static final String WARM = "warm";

    /** Link in the data folder to the user's other caches. */
    static final String CACHE = "cache";

    /** Options of processes that decode: FFmpeg is unpacked once, not at each start. */
    private static final List<String> DECODERS = List.of("-Dorg.bytedeco.javacpp.cachedir=" + CACHE + "/javacpp");

    /**
     * Files that the processes create are private: uploads, frames, results, logs, shared memory. Ctrl-C, which reaches the
     * whole foreground process group, is left to fq, so that the processes end in order.
     */
    private static final List<String> SHELL = List.of("/bin/sh", "-c", "umask 077; trap '' INT; exec \"$@\"", "sh");

    /** Heap in MiB of the workers' process, and for each worker: frames, fetches, packets and results (docs/memory.md). */
    private static final int WORKERS_HEAP = 192;

    private static final int HEAP_PER_WORKER = 96;

    /**
     * Part of that heap, in MiB, for new objects: twice the frames that wait at each worker. A JVM touches all of this part while it
     * starts, whatever it needs, so it is bounded in every process (decision 0235).
     */
    private static final int WORKERS_YOUNG = 32;

    private static final int YOUNG_PER_WORKER = 16;

    /** Heap in MiB of an inference server, and for the messages of each worker. */
    private static final int SERVER_HEAP = 192;

    private static final int HEAP_PER_CALLER = 64;

    private final Installation installation;
    private final StartupCaches caches;
    private final Path data;
    private final LocalSettings settings;
    private final SystemPorts ports;
    private final Secrets secrets;
    private final BrokerLogin login;
    private final String groups;
    private final Map<String, String> inherited;
    private final String start = UUID.randomUUID().toString();

    /**
     * @param groups value of {@code FRAMEQUOTA_CGROUPS} for the scheduler, empty for none
     * @param inherited environment of this process, which the processes get beside what is set here
     */
    ProcessSpecs(
            Installation installation,
            StartupCaches caches,
            Path data,
            LocalSettings settings,
            SystemPorts ports,
            Secrets secrets,
            String groups,
            Map<String, String> inherited) {
        this.installation = installation;
        this.caches = caches;
        this.data = data;
        this.settings = settings;
        this.ports = ports;
        this.secrets = secrets;
        this.login = new BrokerLogin(secrets.broker());
        this.groups = groups;
        this.inherited = inherited;
    }

    ProcessSpec broker() {
        List<String> jvm = jvm("broker", 256, List.of("-Xmn24m", "-XX:MaxDirectMemorySize=160m"));
        jvm.addAll(List.of("-cp", APP + "/cli/target/fq.jar", "io.framequota.local.kafka.BrokerMain"));
        jvm.addAll(List.of("broker", "" + ports.broker(), "" + ports.controller()));
        return spec("broker", jvm, Map.of(BrokerLogin.VARIABLE, secrets.broker()));
    }

    ProcessSpec database() {
        return spec(
                "database",
                PostgresServer.command(installation.cache(), Path.of("database"), ports.database(), settings.lasting()),
                Map.of());
    }

    ProcessSpec ingest() {
        Map<String, String> env = service(ports.ingest());
        env.put(
                "QUARKUS_DATASOURCE_JDBC_URL",
                "jdbc:postgresql://127.0.0.1:" + ports.database() + "/" + PostgresServer.DATABASE);
        env.put("QUARKUS_DATASOURCE_USERNAME", PostgresServer.USER);
        env.put("QUARKUS_DATASOURCE_PASSWORD", secrets.database());
        env.put("FRAMEQUOTA_STORAGE", data.resolve("storage").toString());
        env.put("FRAMEQUOTA_AUTH", auth());
        if (auth().equals("off") && inherited("FRAMEQUOTA_FETCH_INTERNAL").isEmpty()) {
            // The user of this machine may read from its own network; tenants may not read what others keep there.
            env.put("FRAMEQUOTA_FETCH_INTERNAL", "true");
        }
        env.put(ControlToken.VARIABLE, secrets.control());
        env.put("FRAMEQUOTA_SCHEDULER_URL", "http://127.0.0.1:" + ports.scheduler());
        Integer quality = settings.jpegQuality();
        if (quality != null) {
            env.put("FRAMEQUOTA_FRAMES_JPEG_QUALITY", Integer.toString(quality));
        }
        if (settings.rtmpPort() > 0) {
            env.put("FRAMEQUOTA_RTMP_PORT", Integer.toString(settings.rtmpPort()));
            env.put("FRAMEQUOTA_RTMP_HOST", "127.0.0.1");
        }
        env.putAll(JvmOptions.ONE_ARENA);
        return service("ingest-service", jar("ingest-service", 384, with(DECODERS, "-Xmn32m")), env, ports.ingest());
    }

    ProcessSpec scheduler() {
        Map<String, String> env = service(ports.scheduler());
        env.put(ControlToken.VARIABLE, secrets.control());
        env.put("FRAMEQUOTA_AUTHORITY", "127.0.0.1:" + ports.ingest());
        env.put("FRAMEQUOTA_AUTH", auth());
        env.put("FRAMEQUOTA_BUDGET", Integer.toString(settings.budgetMilli()));
        Integer gpuBudget = settings.gpuBudget();
        if (gpuBudget != null) {
            env.put("FRAMEQUOTA_GPU_BUDGET", Integer.toString(gpuBudget));
        }
        String policy = settings.policy();
        if (policy != null) {
            env.put("FRAMEQUOTA_POLICY", policy);
        }
        env.put("FRAMEQUOTA_ACTUATOR", settings.actuator().label());
        // Tells a restarted scheduler that the policy chosen since this start applies, not the one of this start.
        env.put("FRAMEQUOTA_START", start);
        if (!groups.isEmpty()) {
            env.put("FRAMEQUOTA_CGROUPS", groups);
        }
        return service("scheduler", jar("scheduler", 128, List.of("-Xmn16m")), env, ports.scheduler());
    }

    /** The name under which a worker reports. */
    static String workerName(int index) {
        return "worker-" + index;
    }

    /** The process that runs all workers. */
    ProcessSpec workers() {
        Map<String, String> env = service(ports.workers());
        String triton = settings.triton();
        env.put(
                "FRAMEQUOTA_WORKER",
                IntStream.range(0, settings.workers())
                        .mapToObj(ProcessSpecs::workerName)
                        .collect(Collectors.joining(",")));
        if (triton == null) {
            env.put(
                    "FRAMEQUOTA_TRITON",
                    ports.servers().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
            env.put(InferenceToken.VARIABLE, secrets.inference());
        } else {
            // Not our server: it does not get our token.
            env.put("FRAMEQUOTA_TRITON", triton);
        }
        env.put("FRAMEQUOTA_IN_FLIGHT", Integer.toString(settings.coresPerWorker() + 1));
        if (settings.models() != null) {
            env.put("FRAMEQUOTA_MODEL_REPOSITORY", data.resolve(MODELS).toString());
        }
        env.putAll(JvmOptions.ONE_ARENA);
        int heap = WORKERS_HEAP + HEAP_PER_WORKER * settings.workers();
        String young = "-Xmn" + (WORKERS_YOUNG + YOUNG_PER_WORKER * settings.workers()) + "m";
        return service(
                "inference-service", jar("inference-service", heap, with(DECODERS, young)), env, ports.workers());
    }

    /** @param index of the server; a worker's server has the worker's index */
    ProcessSpec server(int index) {
        boolean shared = settings.servers() == 1;
        int heap = SERVER_HEAP + (shared ? HEAP_PER_CALLER * settings.workers() : HEAP_PER_CALLER);
        List<String> command = jvm("inference-server", heap, List.of());
        command.addAll(List.of("-jar", APP + "/" + Installation.serverJar()));
        if (settings.models() != null) {
            command.addAll(List.of("--model-repository", MODELS));
        }
        command.addAll(List.of(
                "--port",
                "" + ports.servers().get(index),
                "--cores",
                Integer.toString(settings.coresPerWorker()),
                "--pictures",
                "8-bit"));
        return spec(
                shared ? "inference-server" : "inference-server-" + index,
                command,
                Map.of("ORT_DISABLE_TELEMETRY", "1", InferenceToken.VARIABLE, secrets.inference()));
    }

    /** Whether requests must show a key. A system for one command is used by that command only. */
    private String auth() {
        return settings.lasting() ? inherited("FRAMEQUOTA_AUTH").orElse("off") : "off";
    }

    private Optional<String> inherited(String variable) {
        return Optional.ofNullable(inherited.get(variable)).filter(value -> !value.isBlank());
    }

    private Map<String, String> service(int port) {
        Map<String, String> env = new HashMap<>(login.environment());
        env.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + ports.broker());
        env.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        env.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        return env;
    }

    private List<String> jar(String module, int heapMebibytes, List<String> options) {
        List<String> command = jvm(module, heapMebibytes, options);
        command.addAll(List.of("-jar", APP + "/" + Installation.serviceJar(module)));
        return command;
    }

    private static List<String> with(List<String> options, String option) {
        return Stream.concat(options.stream(), Stream.of(option)).toList();
    }

    private List<String> jvm(String kind, int heapMebibytes, List<String> options) {
        List<String> command = new ArrayList<>(SHELL);
        command.add(installation.java().toString());
        command.addAll(JvmOptions.all(JvmOptions.chosen(settings.lasting())));
        command.add("-Djava.io.tmpdir=/proc/self/cwd/" + Watchdog.TMP);
        command.add("-Xmx" + heapMebibytes + "m");
        command.addAll(options);
        command.addAll(caches.options(kind, installation, WARM));
        return command;
    }

    private ProcessSpec spec(String name, List<String> command, Map<String, String> environment) {
        return service(name, command, environment, ProcessSpec.NO_HEALTH_PORT);
    }

    /** As {@link #spec}, for a process with a liveness probe. */
    private ProcessSpec service(String name, List<String> command, Map<String, String> environment, int healthPort) {
        return new ProcessSpec(
                name,
                List.copyOf(command),
                environment,
                data,
                data.resolve("logs").resolve(name + ".log"),
                healthPort);
    }
}
