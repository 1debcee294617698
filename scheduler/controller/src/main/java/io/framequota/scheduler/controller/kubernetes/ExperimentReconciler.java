package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the experiments of a namespace, each in a Job. Stateless: all state is in the cluster, so another leader can go on. */
final class ExperimentReconciler {
    private static final Logger LOG = Logger.getLogger(ExperimentReconciler.class);

    private static final Set<String> NO_IMAGE =
            Set.of("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName");

    private final KubernetesClient client;
    private final String namespace;
    private final ExperimentJob jobs;

    ExperimentReconciler(KubernetesClient client, String namespace, ExperimentJob jobs) {
        this.client = client;
        this.namespace = namespace;
        this.jobs = jobs;
    }

    /** Starts new experiments and updates the status of running ones. */
    void reconcile() {
        ExperimentCustomResource.all(client, namespace).stream()
                .filter(e -> !ExperimentCustomResource.hasEnded(e))
                .forEach(this::reconcile);
    }

    /** Says of new experiments that nobody runs them. One that has a status may be another installation's. */
    void reportOff() {
        ExperimentCustomResource.all(client, namespace).stream()
                .filter(e -> !ExperimentCustomResource.isObserved(e))
                .forEach(e -> {
                    ExperimentCustomResource.reportOff(client, e);
                    LOG.warnf(
                            "experiment %s is ignored: experiments are off (FRAMEQUOTA_EXPERIMENTS)",
                            e.getMetadata().getName());
                });
    }

    private void reconcile(GenericKubernetesResource experiment) {
        String name = experiment.getMetadata().getName();
        try {
            ExperimentCustomResource.State state = state(experiment);
            if (!ExperimentCustomResource.isReported(experiment, state)) {
                ExperimentCustomResource.report(client, experiment, state);
                LOG.infof("experiment %s: %s", name, state.message());
            }
        } catch (KubernetesClientException e) {
            // Go on with the others; this one is reconciled again in a moment.
            LOG.warnf("experiment %s: %s", name, e.getMessage());
        }
    }

    private ExperimentCustomResource.State state(GenericKubernetesResource experiment) {
        String name = ExperimentCustomResource.run(experiment);
        var job = client.batch().v1().jobs().inNamespace(namespace).withName(name);
        Job there = job.get();
        if (there == null) {
            create(experiment);
            return ExperimentCustomResource.State.running("the Job " + name + " runs the experiment");
        }
        JobStatus status = Objects.requireNonNullElseGet(there.getStatus(), JobStatus::new);
        if (count(status.getSucceeded()) > 0) {
            ConfigMap report =
                    client.configMaps().inNamespace(namespace).withName(name).get();
            String json = report == null ? null : report.getData().get("report.json");
            return json == null
                    ? ExperimentCustomResource.State.failed("the ConfigMap " + name + " has no report.json")
                    : ExperimentCustomResource.State.complete(json);
        }
        if (count(status.getFailed()) > 0) {
            return ExperimentCustomResource.State.failed(lastWords(name));
        }
        return containers(name).anyMatch(ExperimentReconciler::hasNoImage)
                ? ExperimentCustomResource.State.noImage(
                        "the Job " + name + " waits: the image " + jobs.image() + " cannot be pulled")
                : ExperimentCustomResource.State.running("the Job " + name + " runs the experiment");
    }

    /** By reason, because the message changes with every attempt. */
    private static boolean hasNoImage(ContainerState container) {
        return container.getWaiting() != null
                && NO_IMAGE.contains(String.valueOf(container.getWaiting().getReason()));
    }

    /** The container states of a Job's pods. */
    private Stream<ContainerState> containers(String job) {
        return client.pods().inNamespace(namespace).withLabel("job-name", job).list().getItems().stream()
                .flatMap(p -> p.getStatus().getContainerStatuses().stream())
                .map(ContainerStatus::getState);
    }

    /** Creates the ConfigMap first, because the pod mounts it. Another leader may have created either. */
    private void create(GenericKubernetesResource experiment) {
        try {
            client.resource(jobs.files(experiment)).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
        client.resource(jobs.job(experiment)).create();
    }

    /** What fq said at the end. */
    private String lastWords(String job) {
        return containers(job)
                .map(ContainerState::getTerminated)
                .filter(Objects::nonNull)
                .map(t -> String.valueOf(t.getMessage()).strip())
                .flatMap(m -> m.lines().filter(l -> l.startsWith("fq: ")).map(l -> l.substring(4)))
                .reduce((first, second) -> second)
                .orElse("the Job " + job + " failed; its pod's log says why");
    }

    private static int count(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
