package io.framequota.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executors;
import java.util.function.DoubleSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The smallest metrics adapter: offers one external metric of one namespace to a cluster's HPA controller, from this machine.
 */
final class ExternalMetrics implements AutoCloseable {
    private static final String GROUP = "/apis/external.metrics.k8s.io/v1beta1";
    private static final String PASSWORD = "changeit";

    private final Release release;
    private final String name;
    private final String labels;
    private final DoubleSupplier value;
    private final HttpsServer server;

    private ExternalMetrics(Release release, String name, String labels, DoubleSupplier value, HttpsServer server) {
        this.release = release;
        this.name = name;
        this.labels = labels;
        this.value = value;
        this.server = server;
    }

    /**
     * @param labels the selector that the metric is asked for with; another one finds nothing
     * @param value now; what is not a number is no answer: the controller leaves things as they are
     * @param folder for a key
     */
    static ExternalMetrics serve(Release release, String name, String labels, DoubleSupplier value, Path folder)
            throws IOException, GeneralSecurityException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(ExternalMetricsApi.node(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("key.p12"))));
        ExternalMetrics metrics = new ExternalMetrics(release, name, labels, value, server);
        server.createContext("/", metrics::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        ExternalMetricsApi.leadTo(release, server.getAddress().getPort());
        return metrics;
    }

    @Override
    public void close() {
        ExternalMetricsApi.remove();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getQuery();
        if (path.equals(GROUP)) {
            send(exchange, """
                    {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"external.metrics.k8s.io/v1beta1","resources":
                     [{"name":"%s","singularName":"","namespaced":true,"kind":"ExternalMetricValueList","verbs":["get"]}]}
                    """.formatted(name));
        } else if (path.equals(GROUP + "/namespaces/" + release.namespace() + "/" + name)
                && ("labelSelector=" + labels).equals(query)) {
            double now = value.getAsDouble();
            send(exchange, """
                    {"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[%s]}
                    """.formatted(Double.isNaN(now) ? "" : item(now)));
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
        exchange.close();
    }

    private String item(double now) {
        return "{\"metricName\":\"%s\",\"metricLabels\":{},\"timestamp\":\"%s\",\"value\":\"%dm\"}"
                .formatted(name, Instant.now().truncatedTo(ChronoUnit.SECONDS), Math.round(1000 * now));
    }

    private static void send(HttpExchange exchange, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private static SSLContext selfSigned(Path file) throws IOException, GeneralSecurityException {
        Commands.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC",
                "-dname",
                "CN=metrics");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
