package io.framequota.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * The chart, installed in a namespace of its own on the cluster that {@code KUBECONFIG} names, and a forwarded port to its
 * door. Closing it removes the release and the namespace.
 */
final class Release implements AutoCloseable {
    /** A folder of the node for what has to outlive pods, null where the cluster has a StorageClass for it. */
    private static final String VOLUMES = System.getenv("FRAMEQUOTA_E2E_VOLUMES");

    private static final String NAME = "fq";
    private static final Duration JOB_LIMIT = Duration.ofMinutes(4);
    private static final Path CHART = Fq.ROOT.resolve("helm/framequota");

    private final String namespace;
    private final List<String> values;
    private final Server server;
    private final Thread forward;
    private volatile boolean closed;

    private Release(String namespace, List<String> values, int port) {
        this.namespace = namespace;
        this.values = values;
        this.server = new Server("http://127.0.0.1:" + port, this::report);
        this.forward = Thread.ofPlatform().daemon().unstarted(() -> forward(port));
    }

    /**
     * Installs the chart and waits until everything is ready.
     *
     * @param namespace made for it
     * @param more options of {@code helm install}: values
     */
    static Release install(String namespace, String... more) {
        // What keys do in a cluster is ClusterGuideST's.
        List<String> settings = new ArrayList<>(List.of("--set", "auth.mode=off"));
        settings.addAll(List.of(more));
        settings.addAll(volumes(namespace));
        Release release = new Release(namespace, List.copyOf(settings), Server.freePort());
        try {
            Commands.run("kubectl", "create", "namespace", namespace);
            release.helm("install", "--wait", "--timeout", "280s");
            release.forward.start();
            release.awaitReady();
            return release;
        } catch (RuntimeException | AssertionError e) {
            System.err.println(release.report());
            release.close();
            throw e;
        }
    }

    /** Values that put data into folders of the node; otherwise the chart's default. */
    private static List<String> volumes(String namespace) {
        List<String> settings = new ArrayList<>();
        if (VOLUMES != null) {
            for (String owner : List.of("storage", "kafka.bundled", "postgresql.bundled")) {
                Path folder = Path.of(VOLUMES, namespace, owner);
                Commands.run("install", "-d", "-o", "65532", "-g", "65532", folder.toString());
                settings.addAll(List.of("--set", owner + ".persistence.hostPath=" + folder));
            }
        }
        return settings;
    }

    Server server() {
        return server;
    }

    String namespace() {
        return namespace;
    }

    /** {@code helm install|upgrade} of this chart with the values and some more. */
    private void helm(String verb, String... more) {
        List<String> command = new ArrayList<>(List.of("helm", verb, NAME, CHART.toString(), "--namespace", namespace));
        command.addAll(values);
        command.addAll(List.of(more));
        Commands.run("", command);
    }

    /** {@code helm upgrade} with values that differ. */
    void upgrade(String... more) {
        helm("upgrade", more);
    }

    void rollback() {
        Commands.run("helm", "rollback", NAME, "--namespace", namespace);
    }

    void uninstall() {
        Commands.run("helm", "uninstall", NAME, "--namespace", namespace, "--wait", "--timeout", "120s");
    }

    void reinstall() {
        helm("install");
        awaitReady();
    }

    String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--namespace", namespace));
        command.addAll(List.of(arguments));
        return Commands.run("", command);
    }

    void apply(String yaml) {
        Commands.run(yaml, List.of("kubectl", "--namespace", namespace, "apply", "-f", "-"));
    }

    JsonNode object(String kind, String name) {
        return Server.parse(kubectl("get", kind, name, "-o", "json"));
    }

    /** Names of a component's pods that are there. */
    List<String> pods(String component) {
        JsonNode list =
                Server.parse(kubectl("get", "pods", "-l", "app.kubernetes.io/component=" + component, "-o", "json"));
        return StreamSupport.stream(list.path("items").spliterator(), false)
                .map(p -> p.path("metadata").path("name").asText())
                .sorted()
                .toList();
    }

    /** Millicores that the kernel holds a worker's computing container to, as its node reports them. */
    int limit(String worker) {
        JsonNode containers = object("pod", worker).path("status").path("containerStatuses");
        return StreamSupport.stream(containers.spliterator(), false)
                .filter(c -> c.path("name").asText().equals("inference-server"))
                .map(c -> c.path("resources").path("limits").path("cpu").asText())
                .mapToInt(Release::millicores)
                .findFirst()
                .orElseThrow();
    }

    /** A quantity of CPU in millicores. */
    static int millicores(String quantity) {
        return quantity.endsWith("m") ? Integer.parseInt(quantity.replace("m", "")) : 1000 * Integer.parseInt(quantity);
    }

    /** The scheduler's pod that leads. */
    String leader() {
        return object("lease", NAME + "-framequota-scheduler")
                .path("spec")
                .path("holderIdentity")
                .asText();
    }

    /** Ends a pod at once, as the loss of its node would. */
    void kill(String pod) {
        kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false");
    }

    /** Empties the volume of uploads and results, as a volume is that ends with its pod, and starts ingest-service again. */
    void loseStorage() {
        if (VOLUMES != null) {
            Commands.run(
                    "rm",
                    "-rf",
                    Path.of(VOLUMES, namespace, "storage", "storage").toString());
        }
        kubectl("delete", "pod", pods("ingest-service").getFirst(), "--wait");
        awaitReady();
    }

    /** The door says that the whole system is ready. */
    void awaitReady() {
        server.await("the release is ready", Duration.ofMinutes(5), () -> server.answers("/q/health/ready"));
    }

    /** A job of every other frame with a committed chunk and more to come. */
    String begun() {
        awaitReady();
        String job = server.submit("sample:walkers", "people", 2).path("job").asText();
        server.awaitMiddle(job, JOB_LIMIT);
        return job;
    }

    /** Whether a component's service account may do something: the arguments of {@code kubectl auth can-i}. */
    boolean may(String component, String... what) {
        List<String> command = new ArrayList<>(List.of(
                // No is an answer, not a failure.
                "bash", "-c", "kubectl auth can-i \"$@\" || true", "may", "--namespace", namespace));
        command.add("--as=system:serviceaccount:%s:%s-framequota-%s".formatted(namespace, NAME, component));
        command.addAll(List.of(what));
        return Commands.run("", command).lines().toList().getLast().equals("yes");
    }

    @Override
    public void close() {
        closed = true;
        forward.interrupt();
        // Some of a release is in no namespace.
        Commands.run("helm", "uninstall", NAME, "--namespace", namespace, "--ignore-not-found");
        Commands.run("kubectl", "delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s");
        if (VOLUMES != null) {
            Commands.run("rm", "-rf", Path.of(VOLUMES, namespace).toString());
        }
    }

    /** A forwarded port ends with the pod behind it; then another is opened. */
    private void forward(int port) {
        try {
            while (!closed) {
                Process process = new ProcessBuilder(
                                "kubectl",
                                "--namespace",
                                namespace,
                                "port-forward",
                                "service/" + NAME + "-framequota-ingest-service",
                                port + ":8080")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                try {
                    while (process.isAlive()) {
                        process.waitFor(500, TimeUnit.MILLISECONDS);
                        if (closed) {
                            process.destroy();
                        }
                    }
                } finally {
                    process.destroy();
                }
                Thread.sleep(300);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private String report() {
        StringBuilder text = new StringBuilder();
        try {
            text.append(kubectl("get", "pods", "-o", "wide"))
                    .append(kubectl("get", "events", "--sort-by=.lastTimestamp"));
            for (String component : List.of("ingest-service", "scheduler", "worker", "kafka", "postgresql")) {
                text.append("== ").append(component).append('\n');
                text.append(kubectl(
                        "logs",
                        "-l",
                        "app.kubernetes.io/component=" + component,
                        "--all-containers",
                        "--tail=25",
                        "--prefix"));
            }
        } catch (AssertionError e) {
            text.append(e.getMessage());
        }
        return text.toString();
    }
}
