package io.framequota.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** Where a cluster's HPA controller asks for external metrics: at this machine, which has to be the cluster's node. */
final class ExternalMetricsApi {
    private static final String NAME = "v1beta1.external.metrics.k8s.io";

    /** Whether the first node is this machine. */
    static boolean possible() throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.getByName(node())) != null;
    }

    /** The address of the first node. */
    static String node() {
        return Commands.run(
                "kubectl",
                "get",
                "nodes",
                "-o",
                "jsonpath={.items[0].status.addresses[?(@.type==\"InternalIP\")].address}");
    }

    /** Has the API server pass questions on to a port of this machine, until {@link #remove}. */
    static void leadTo(Release release, int port) {
        release.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: metrics}
                spec: {ports: [{name: https, port: 443}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: metrics, labels: {kubernetes.io/service-name: metrics}}
                addressType: IPv4
                endpoints: [{addresses: ["%s"]}]
                ports: [{name: https, port: %d}]
                ---
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: %s}
                spec:
                  group: external.metrics.k8s.io
                  version: v1beta1
                  groupPriorityMinimum: 100
                  versionPriority: 100
                  insecureSkipTLSVerify: true
                  service: {namespace: %s, name: metrics}
                """.formatted(node(), port, NAME, release.namespace()));
    }

    /** Nobody answers any more. Idempotent. */
    static void remove() {
        Commands.run("kubectl", "delete", "apiservice", NAME, "--ignore-not-found");
    }

    private ExternalMetricsApi() {}
}
