package io.framequota.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * KEDA's operator and metrics adapter and a Prometheus for them, as processes of this machine, which has to be the cluster's node. The
 * folder that {@link #PROGRAMS} names has {@code keda-operator} and {@code keda-adapter}, built of KEDA's sources (cmd/operator and
 * cmd/adapter), KEDA's resource definitions in {@code crds}, and {@code prometheus}.
 */
final class Keda implements AutoCloseable {
    /** The variable that names the folder. */
    static final String PROGRAMS = "FRAMEQUOTA_E2E_KEDA";

    private static final String ANY = "127.0.0.1:";
    private static final String LOCALHOST = "localhost:";

    private final Path programs = Path.of(System.getenv(PROGRAMS));
    private final Path folder;
    private final int prometheus = Server.freePort();
    private final List<Process> processes = new ArrayList<>();

    private Keda(Path folder) {
        this.folder = folder;
    }

    /**
     * Brings its resource definitions to the cluster, so that the chart can be installed.
     *
     * @param folder for logs, keys and samples
     */
    static Keda of(Path folder) {
        Keda keda = new Keda(folder);
        // Too large for what a client-side apply notes down.
        Commands.run("kubectl", "apply", "--server-side", "-f", keda.crds());
        return keda;
    }

    /** The chart's values for it. */
    String values() {
        return "worker.autoscaling.keda.prometheus=http://" + ANY + prometheus
                + ",worker.autoscaling.keda.pollingInterval=2";
    }

    /** Begins to look at the workers of a release. */
    void start(Release release) throws IOException {
        String scheduler = release.kubectl("get", "pod", release.leader(), "-o", "jsonpath={.status.podIP}");
        Path config =
                Files.writeString(folder.resolve("prometheus.yml"), """
                scrape_configs:
                  - job_name: framequota
                    scrape_interval: 2s
                    metrics_path: /q/metrics
                    static_configs:
                      - targets: ["%s:8082"]
                        labels: {namespace: %s, service: fq-framequota-scheduler}
                """.formatted(scheduler, release.namespace()));
        run(
                release,
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("samples"),
                "--web.listen-address=" + ANY + prometheus);

        Path keys = keys();
        int metrics = Server.freePort();
        run(
                release,
                "keda-operator",
                "--cert-dir=" + keys,
                "--metrics-service-bind-address=" + LOCALHOST + metrics,
                "--metrics-bind-address=" + ANY + Server.freePort(),
                "--health-probe-bind-address=" + ANY + Server.freePort());
        int port = Server.freePort();
        String cluster = System.getenv("KUBECONFIG");
        run(
                release,
                "keda-adapter",
                "--cert-dir=" + keys,
                "--tls-cert-file=" + keys.resolve("tls.crt"),
                "--tls-private-key-file=" + keys.resolve("tls.key"),
                "--secure-port=" + port,
                "--port=" + Server.freePort(),
                "--metrics-service-address=" + LOCALHOST + metrics,
                "--lister-kubeconfig=" + cluster,
                "--authentication-kubeconfig=" + cluster,
                "--authentication-skip-lookup=true",
                "--authorization-kubeconfig=" + cluster,
                // The API server that asks may be one without a key to say who asks: what there is it may see, and the
                // metrics below.
                "--authorization-always-allow-paths=/apis/*,/openapi/*");
        release.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: metrics}
                rules: [{apiGroups: [external.metrics.k8s.io], resources: ["*"], verbs: [get, list]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: metrics}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: metrics}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:anonymous"}]
                """);
        ExternalMetricsApi.leadTo(release, port);
    }

    /** Ends them. Releases are gone by then: the operator has to let go of what it looked after. */
    @Override
    public void close() {
        ExternalMetricsApi.remove();
        for (Process process : processes) {
            process.destroy();
        }
        for (Process process : processes) {
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Commands.run("kubectl", "delete", "--ignore-not-found", "--timeout=60s", "-f", crds());
    }

    private String crds() {
        return programs.resolve("crds").toString();
    }

    private void run(Release release, String program, String... options) {
        List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(program + ".log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "WATCH_NAMESPACE", release.namespace(),
                        "POD_NAMESPACE", release.namespace(),
                        "KEDA_CLUSTER_OBJECT_NAMESPACE", release.namespace()));
        try {
            processes.add(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A key by which operator and adapter know each other. */
    private Path keys() throws IOException {
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Path certificate = keys.resolve("tls.crt");
        Commands.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-noenc",
                "-days",
                "1",
                "-subj",
                "/CN=keda",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                keys.resolve("tls.key").toString(),
                "-out",
                certificate.toString());
        Files.copy(certificate, keys.resolve("ca.crt"));
        return keys;
    }
}
