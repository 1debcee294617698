package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;

/** A real API server whose nodes are KWOK's, and what a test does with it. */
final class FakeCluster implements AutoCloseable {
    final KubernetesClient client;

    FakeCluster(Path kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        // A busy machine answers late; what is tested does not depend on it.
        config.setRequestTimeout(60_000);
        this.client = new KubernetesClientBuilder().withConfig(config).build();
    }

    static Node node(String name, int cores, Map<String, String> labels) {
        Map<String, Quantity> has = Map.of(
                "cpu", new Quantity(Integer.toString(cores)),
                "memory", new Quantity("64Gi"),
                "pods", new Quantity("110"),
                "framequota.io/compute", new Quantity(Integer.toString(cores * 1000)));
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToAnnotations("kwok.x-k8s.io/node", "fake")
                .addToAnnotations("node.alpha.kubernetes.io/ttl", "0")
                .addToLabels("type", "kwok")
                .addToLabels(labels)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(has)
                .withCapacity(has)
                .endStatus()
                .build();
    }

    /** A pod with one container that asks for millicores, and for as many compute shares. */
    static PodBuilder pod(String namespace, String name, int millicores) {
        Map<String, Quantity> asks = Map.of(
                "cpu", new Quantity(millicores + "m"),
                "memory", new Quantity("64Mi"),
                "framequota.io/compute", new Quantity(Integer.toString(millicores)));
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app", "worker")
                .endMetadata()
                .withNewSpec()
                .addToNodeSelector("type", "kwok")
                .addNewContainer()
                .withName("c")
                .withImage("fake")
                .withNewResources()
                .withRequests(asks)
                .withLimits(asks)
                .endResources()
                .endContainer()
                .endSpec();
    }

    static Pod ours(PodBuilder pod) {
        return pod.editSpec().withSchedulerName(WorkerPool.SCHEDULER).endSpec().build();
    }

    static Pod gang(PodBuilder pod, String gang, int size) {
        return ours(pod.editMetadata()
                .addToLabels(PodReader.GANG, gang)
                .addToLabels(PodReader.GANG_SIZE, Integer.toString(size))
                .endMetadata());
    }

    void namespace(String name) {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        await(
                "the service account of " + name,
                30,
                () -> client.serviceAccounts()
                                .inNamespace(name)
                                .withName("default")
                                .get()
                        != null);
    }

    void createNodes(List<Node> nodes) {
        inParallel(nodes, n -> client.nodes().resource(n).create());
        await(
                "all nodes ready",
                90,
                () -> client.nodes().withLabel("type", "kwok").list().getItems().stream()
                                .filter(n -> n.getSpec().getTaints().stream()
                                        .noneMatch(t -> t.getKey().startsWith("node.kubernetes.io/")))
                                .count()
                        >= nodes.size());
    }

    void createPods(List<Pod> pods) {
        inParallel(pods, p -> client.pods().resource(p).create());
    }

    void deletePods(String namespace) {
        client.pods().inNamespace(namespace).withGracePeriod(0).delete();
        await(
                "no pods in " + namespace,
                60,
                () -> client.pods().inNamespace(namespace).list().getItems().isEmpty());
    }

    /** Starts the placement in a process of its own, with the rights that the chart gives it and no others. */
    Process placement(String what, String namespace) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx192m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BinderMain.class.getName(),
                        SchedulerAccount.of(client, namespace).toString(),
                        what,
                        namespace,
                        "app=worker")
                .inheritIO()
                .start();
    }

    static void await(String what, int seconds, Callable<Boolean> reached) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(seconds))
                .pollInterval(Duration.ofMillis(50))
                .until(reached);
    }

    private <T> void inParallel(List<T> items, java.util.function.Consumer<T> action) {
        try (ExecutorService executor =
                Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
            List<Future<?>> all = new ArrayList<>();
            items.forEach(i -> all.add(executor.submit(() -> action.accept(i))));
            for (Future<?> one : all) {
                one.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
