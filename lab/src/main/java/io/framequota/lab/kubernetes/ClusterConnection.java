package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import io.fabric8.kubernetes.client.utils.Utils;

/** Connects to the user's cluster, as kubectl does. */
final class ClusterConnection {
    private static final int RESIZE_SINCE_MINOR = 33;
    private static final int ANSWER_MS = 10_000;

    /**
     * Connects to the cluster of KUBECONFIG, the home folder or the pod of this process.
     *
     * @throws ClusterUnavailableException if no cluster answers or the cluster cannot resize pods
     */
    static KubernetesClient open() {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withConnectionTimeout(ANSWER_MS)
                .withRequestTimeout(ANSWER_MS)
                .withRequestRetryBackoffLimit(0)
                .build();
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        try {
            check(client.getKubernetesVersion());
            return client;
        } catch (ClusterUnavailableException e) {
            client.close();
            throw e;
        } catch (KubernetesClientException e) {
            client.close();
            throw new ClusterUnavailableException("no cluster answers at " + config.getMasterUrl() + " ("
                    + source(config) + "): " + reason(e) + "; point KUBECONFIG at one, or use --on local");
        }
    }

    private static void check(VersionInfo version) {
        int minor = number(version.getMinor());
        if (number(version.getMajor()) == 1 && minor < RESIZE_SINCE_MINOR) {
            throw new ClusterUnavailableException(
                    "this cluster is Kubernetes 1." + minor + ", which cannot resize a pod in" + " place; use one of 1."
                            + RESIZE_SINCE_MINOR + " or later, or --on local");
        }
    }

    /** Parses versions such as {@code 33+}. */
    private static int number(String text) {
        String digits = text.replaceAll("\\D.*", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private static String source(Config config) {
        String file = Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_KUBECONFIG_FILE, "not set");
        NamedContext context = config.getCurrentContext();
        return "KUBECONFIG " + file + ", context " + (context == null ? "none" : context.getName());
    }

    /** The innermost cause as one line. */
    static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return words.lines().findFirst().orElse("unknown");
    }

    private ClusterConnection() {}
}
