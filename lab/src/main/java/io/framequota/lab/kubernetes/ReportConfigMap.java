package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.lab.experiment.RunFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores a report in a ConfigMap, for experiments that run in a cluster. */
public final class ReportConfigMap {
    /** Files in order of importance; the last ones may not fit. */
    private static final List<String> FILES = List.of("report.json", "runs.csv", "report.html");

    /** Below the API server's limit of 1 MiB for a whole object. */
    private static final long MOST_BYTES = 900_000;

    /**
     * Adds the files of a report to a ConfigMap, and creates it if necessary. Files that do not fit are left out.
     *
     * @param namespace namespace; empty for the client's own
     * @throws ClusterUnavailableException if there is no cluster
     */
    public static void write(Optional<String> namespace, String name, Path folder) throws IOException {
        Map<String, String> data = read(folder);
        try (KubernetesClient client = ClusterConnection.open()) {
            String in = namespace.orElseGet(client::getNamespace);
            var maps = client.configMaps().inNamespace(in).withName(name);
            ConfigMap there = maps.get();
            if (there == null) {
                client.configMaps()
                        .inNamespace(in)
                        .resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .endMetadata()
                                .withData(data)
                                .build())
                        .create();
            } else {
                maps.edit(m -> new ConfigMapBuilder(m).addToData(data).build());
            }
        } catch (KubernetesClientException e) {
            throw new RunFailedException(
                    "the report cannot be put into the ConfigMap " + name + ": " + ClusterConnection.reason(e));
        }
    }

    private static Map<String, String> read(Path folder) throws IOException {
        Map<String, String> data = new LinkedHashMap<>();
        long left = MOST_BYTES;
        for (String file : FILES) {
            Path path = folder.resolve(file);
            if (Files.size(path) <= left) {
                left -= Files.size(path);
                data.put(file, Files.readString(path));
            }
        }
        return data;
    }

    private ReportConfigMap() {}
}
