package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.worker.BurnerPolicyRunner;
import io.framequota.lab.worker.BurnerWorker;
import io.framequota.lab.worker.ScaledExperiment;
import io.framequota.lab.worker.WorkerBackend;
import io.framequota.lab.worker.WorkerEvent;
import io.framequota.scheduler.quota.LimitStore;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Burner pods in a cluster, one for each job that is placed at the same time. */
public final class KubernetesBackend implements WorkerBackend {
    private static final String RUN_LABEL = "framequota.io/run";
    private static final Map<String, String> LABELS =
            Map.of("app.kubernetes.io/name", "framequota-experiment", "app.kubernetes.io/managed-by", "framequota");
    private static final long START_S = 120;
    /** The smallest quota with which a JVM starts in reasonable time. */
    private static final int START_MILLI = 50;

    private static final int STEP = 10;
    private static final int CORE = 1000;
    /** Name of the fact with the durations of patches. */
    static final String HANDOVERS = "patch to quota in force";

    private final KubernetesClient client;
    private final BurnerPodSettings settings;
    private final String id;
    private final String namespace;
    private final boolean fresh;
    private final BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();
    private final HandoverTimes handovers = new HandoverTimes();
    private final PodResizer resizer;
    private final List<PodWorker> workers = new ArrayList<>();
    private final String version;
    private int verified;
    private boolean closed;

    private KubernetesBackend(KubernetesClient client, BurnerPodSettings settings) {
        this.client = client;
        this.settings = settings;
        this.version = client.getKubernetesVersion().getGitVersion();
        this.id = Integer.toString(ThreadLocalRandom.current().nextInt(0x100000, 0x1000000), 16);
        this.fresh = settings.namespace().isEmpty();
        this.namespace = settings.namespace().orElse("fq-experiment-" + id);
        this.resizer = new PodResizer(client, namespace, events);
    }

    /**
     * Connects to the user's cluster, and creates the namespace if necessary.
     *
     * @throws ClusterUnavailableException if there is no such cluster
     * @throws InvalidExperimentException if there is no such namespace
     */
    public static KubernetesBackend open(BurnerPodSettings settings) {
        KubernetesBackend backend = new KubernetesBackend(ClusterConnection.open(), settings);
        boolean done = false;
        try {
            backend.namespace();
            done = true;
            return backend;
        } catch (KubernetesClientException e) {
            throw new RunFailedException("namespace " + backend.namespace + ": " + ClusterConnection.reason(e));
        } finally {
            if (!done) {
                backend.close();
            }
        }
    }

    /**
     * Checks that an experiment can run in a cluster.
     *
     * @throws InvalidExperimentException if it cannot
     */
    public static void check(Experiment experiment) {
        BurnerPolicyRunner.check(experiment, experiment.actuators(), ExperimentBackend.KUBERNETES);
        if (experiment.actuators().contains(ActuatorKind.WEIGHT)) {
            throw new InvalidExperimentException(
                    experiment.name() + ": actuator: a pod's weight is its CPU request and has"
                            + " no limit over several pods; allowed with --on kubernetes: quota, dispatch");
        }
        if (experiment.simulation().periodMs() * 1000 != CpuQuota.PERIOD_US) {
            throw new InvalidExperimentException(experiment.name()
                    + ": simulate.period_ms: a kubelet's period is 100 ms;" + " allowed with --on kubernetes: 100");
        }
    }

    private void namespace() {
        if (fresh) {
            client.namespaces()
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .withLabels(labels())
                            .endMetadata()
                            .build())
                    .create();
        } else if (!mayBeThere()) {
            throw new InvalidExperimentException(
                    "--namespace " + namespace + ": there is no such namespace in this cluster; allowed: one that is"
                            + " there, or none for a fresh one");
        }
    }

    /** Without permission to read namespaces, creating the first pod shows whether the namespace exists. */
    private boolean mayBeThere() {
        try {
            return client.namespaces().withName(namespace).get() != null;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return true;
            }
            throw e;
        }
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>(LABELS);
        labels.put(RUN_LABEL, id);
        return labels;
    }

    @Override
    public ExperimentBackend backend() {
        return ExperimentBackend.KUBERNETES;
    }

    @Override
    public List<BurnerWorker> workers(int count, int budget) throws InterruptedException {
        int together = Math.max(1, budget / START_MILLI);
        while (workers.size() < count) {
            grow(Math.min(together, count - workers.size()), budget);
        }
        return List.copyOf(workers.subList(0, count));
    }

    /**
     * Pods that all have this quota as a limit only, so that the sum may exceed the node. All other pods are parked.
     *
     * @throws RunFailedException if a quota does not come into force
     */
    List<PodWorker> containers(int count, int millicores) throws InterruptedException {
        workers(count, CORE);
        List<PodWorker> among = List.copyOf(workers.subList(0, count));
        park(workers.subList(count, workers.size()));
        settle(among.stream()
                .filter(w -> w.held() != millicores)
                .map(w -> new PodResizer.Order(w, millicores, STEP))
                .toList());
        return among;
    }

    /** Pods share the budget while they start, and each has all of it while it is calibrated. */
    private void grow(int more, int budget) throws InterruptedException {
        park(workers);
        int share = Math.max(START_MILLI, budget / more / STEP * STEP);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < more; i++) {
            String name = "burner-" + id + "-" + (workers.size() + i);
            names.add(name);
            create(name, share);
        }
        List<PodWorker> grown = new ArrayList<>();
        for (String name : names) {
            PodWorker worker = new PodWorker(name, awaitRunning(name), attach(name), events, handovers);
            workers.add(worker);
            grown.add(worker);
        }
        for (PodWorker worker : grown) {
            worker.greet();
        }
        park(grown);
        for (PodWorker worker : grown) {
            settle(List.of(new PodResizer.Order(worker, Math.min(budget, CORE))));
            worker.calibrate();
            park(List.of(worker));
        }
    }

    private void create(String name, int millicores) {
        try {
            client.pods()
                    .inNamespace(namespace)
                    .resource(BurnerPod.of(name, labels(), settings, millicores))
                    .create();
        } catch (KubernetesClientException e) {
            throw new RunFailedException("pod " + name + " cannot be made: " + ClusterConnection.reason(e));
        }
    }

    /** Waits until the pod runs, and returns its node. */
    private String awaitRunning(String name) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (true) {
            Pod pod = client.pods().inNamespace(namespace).withName(name).get();
            if (pod == null) {
                throw new RunFailedException("pod " + name + " was removed before it ran");
            }
            String phase = String.valueOf(pod.getStatus().getPhase());
            if (phase.equals("Running")) {
                return pod.getSpec().getNodeName();
            }
            if (phase.equals("Failed") || phase.equals("Succeeded") || System.nanoTime() > deadline) {
                throw new RunFailedException("pod " + name + " does not run: " + obstacle(pod.getStatus()));
            }
            String waits = obstacle(pod.getStatus());
            if (waits.startsWith("ErrImage") || waits.startsWith("ImagePull") || waits.startsWith("InvalidImage")) {
                throw new RunFailedException("pod " + name + " cannot start from " + settings.image() + ": " + waits
                        + "; load the image into the cluster or name another with --image");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String obstacle(PodStatus status) {
        String containers = status.getContainerStatuses().stream()
                .filter(c -> c.getState().getWaiting() != null)
                .map(c -> c.getState().getWaiting().getReason() + " "
                        + c.getState().getWaiting().getMessage())
                .collect(Collectors.joining("; "));
        String conditions = status.getConditions().stream()
                .filter(c -> !"True".equals(c.getStatus()) && c.getMessage() != null)
                .map(c -> c.getReason() + " " + c.getMessage())
                .findFirst()
                .orElse(String.valueOf(status.getPhase()));
        return containers.isEmpty() ? conditions : containers;
    }

    private ExecWatch attach(String name) {
        return client.pods()
                .inNamespace(namespace)
                .withName(name)
                .inContainer(BurnerPod.CONTAINER)
                .redirectingInput()
                .redirectingOutput()
                .attach();
    }

    private void park(List<PodWorker> some) throws InterruptedException {
        settle(some.stream()
                .filter(w -> w.held() != CpuQuota.PARKED_MILLI)
                .map(w -> new PodResizer.Order(w, CpuQuota.PARKED_MILLI))
                .toList());
    }

    private void settle(List<PodResizer.Order> orders) throws InterruptedException {
        resizer.settle(orders);
        for (WorkerEvent event : events) {
            if (event instanceof WorkerEvent.Failed failed) {
                throw new RunFailedException(failed.why());
            }
        }
    }

    @Override
    public BlockingQueue<WorkerEvent> events() {
        return events;
    }

    @Override
    public LimitStore<String> prepare(ActuatorKind actuator, List<BurnerWorker> among, ScaledExperiment scaled)
            throws InterruptedException {
        List<PodWorker> pods = List.copyOf(workers.subList(0, among.size()));
        park(workers);
        if (actuator == ActuatorKind.DISPATCH) {
            int core = (int) chunkMilli(scaled);
            settle(pods.stream().map(w -> new PodResizer.Order(w, core)).toList());
        }
        return new PodLimitStore(workers, resizer, NodeCapacity.of(client, workers));
    }

    @Override
    public double chunkMilli(ScaledExperiment scaled) {
        return Math.max(STEP, scaled.budget() / scaled.cores() / STEP * STEP);
    }

    @Override
    public Counted count() throws InterruptedException {
        CpuUsage sum = CpuUsage.NONE;
        double machineS = 0;
        resizer.drain(workers);
        for (PodWorker worker : workers) {
            worker.verify();
            verified++;
            PodWorker.Counts counts = worker.counts();
            sum = sum.plus(counts.use());
            machineS = Math.max(machineS, counts.machineS());
        }
        return new Counted(sum, machineS);
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Kubernetes", version);
        facts.put("image", settings.image());
        facts.put("limits", "pods/resize, CPU request and limit together, QoS Burstable");
        facts.put(HANDOVERS, handovers.words());
        facts.put(
                "quotas read back",
                "each by its pod when it came into force, and " + verified
                        + " times between runs: all equal to what was allocated");
        return facts;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = Thread.interrupted();
        resizer.close();
        workers.forEach(PodWorker::close);
        try {
            if (fresh) {
                client.namespaces().withName(namespace).delete();
            } else {
                // One by one, because deleting a collection needs another permission.
                client.pods().inNamespace(namespace).withLabel(RUN_LABEL, id).list().getItems().stream()
                        .map(p -> p.getMetadata().getName())
                        .forEach(name -> client.pods()
                                .inNamespace(namespace)
                                .withName(name)
                                .withGracePeriod(0)
                                .delete());
            }
        } catch (KubernetesClientException e) {
            // Nothing else can be done; the pods end because their input is closed.
        } finally {
            client.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
