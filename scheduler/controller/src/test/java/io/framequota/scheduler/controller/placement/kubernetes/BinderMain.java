package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The placement alone, in a process that can be killed. Arguments: kubeconfig, {@code bind} or {@code lift}, namespace, labels. */
final class BinderMain {
    private BinderMain() {}

    public static void main(String[] args) throws InterruptedException {
        var client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Path.of(args[0]).toFile()))
                .build();
        WorkerPool pool = WorkerPool.of(args[2], args[3]);
        PlacementLoop loop = args[1].equals("bind")
                ? PlacementLoop.binding(client, pool, "test", () -> true)
                : PlacementLoop.liftingGates(client, pool, "test", () -> true);
        loop.start();
        new CountDownLatch(1).await();
    }
}
