package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.framequota.scheduler.controller.InMemoryScheduler;
import io.framequota.scheduler.controller.leadership.InMemoryAuthority;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Experiments of an API server in memory; ExperimentReconcilerIT runs real ones. */
class ExperimentReconcilerTest {
    private static final String REPORT = "{\"policies\":["
            + "{\"policy\":\"a\",\"actuator\":\"quota\",\"mean_response_s\":1.5},"
            + "{\"policy\":\"b\",\"actuator\":\"quota\",\"mean_response_s\":1.25,\"predicted_mean_s\":1.2}]}";

    private final InMemoryApiServer api = new InMemoryApiServer();
    private final ExperimentReconciler reconciler =
            new ExperimentReconciler(api.client, "video", new ExperimentJob("fq:1", "IfNotPresent", "runner"));

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void newExperimentGetsAConfigMapAndAJobThatItOwns() {
        create("seed");

        reconciler.reconcile();

        Job job = jobs().getFirst();
        String uid = experiment("seed").getMetadata().getUid();
        assertThat(job.getMetadata().getName()).startsWith("seed-experiment-1-");
        assertThat(job.getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo(uid);
        assertThat(api.client
                        .configMaps()
                        .inNamespace("video")
                        .withName(job.getMetadata().getName())
                        .get()
                        .getData())
                .containsOnlyKeys("experiment.yaml");
        assertThat(condition("seed"))
                .containsEntry("status", "Unknown")
                .containsEntry("reason", "Running")
                .containsEntry("message", "the Job " + job.getMetadata().getName() + " runs the experiment");
        assertThat(api.requests.indexOf("POST /api/v1/namespaces/video/configmaps"))
                .as("the pod mounts the file")
                .isLessThan(api.requests.indexOf("POST /apis/batch/v1/namespaces/video/jobs"));
    }

    @Test
    void runningExperimentIsNotWrittenAgain() {
        create("seed");
        reconciler.reconcile();
        api.patches.clear();

        reconciler.reconcile();
        reconciler.reconcile();

        assertThat(api.patches).isEmpty();
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void resultsAreInTheStatusOfACompleteExperiment() {
        create("seed");
        reconciler.reconcile();
        String name = jobs().getFirst().getMetadata().getName();
        report(name, REPORT);
        end(status -> status.setSucceeded(1));

        reconciler.reconcile();

        GenericKubernetesResource done = experiment("seed");
        assertThat(done.<String>get("status", "best")).isEqualTo("b");
        assertThat(done.<String>get("status", "report")).isEqualTo(name);
        assertThat(done.<List<?>>get("status", "policies")).hasSize(2);
        assertThat(condition("seed")).containsEntry("status", "True").containsEntry("reason", "Complete");
        api.requests.clear();
        reconciler.reconcile();
        assertThat(api.requests).as("an ended experiment is left alone").hasSize(1);
    }

    @Test
    void completeJobWithoutAReportIsAFailure() {
        create("seed");
        reconciler.reconcile();
        end(status -> status.setSucceeded(1));

        reconciler.reconcile();

        assertThat(condition("seed")).containsEntry("status", "False");
        assertThat(condition("seed").get("message")).asString().endsWith("has no report.json");
    }

    @Test
    void reportThatCannotBeReadIsAFailure() {
        create("seed");
        reconciler.reconcile();
        report(jobs().getFirst().getMetadata().getName(), "not JSON");
        end(status -> status.setSucceeded(1));

        reconciler.reconcile();

        assertThat(condition("seed")).containsEntry("message", "its report cannot be read");
    }

    @Test
    void failedExperimentHasTheLastWordsOfItsPod() {
        create("seed");
        reconciler.reconcile();
        pod("""
            {"terminated": {"exitCode": 2, "message": "starting\\nfq: experiment.yaml:3: no policy 'lottery'\\n"}}\
            """);
        end(status -> status.setFailed(1));

        reconciler.reconcile();

        assertThat(condition("seed")).containsEntry("status", "False").containsEntry("reason", "Failed");
        assertThat(condition("seed").get("message")).isEqualTo("experiment.yaml:3: no policy 'lottery'");
    }

    @Test
    void imageThatCannotBePulledIsReportedAndTheExperimentGoesOnWhenItCan() {
        create("seed");
        reconciler.reconcile();
        pod("""
            {"waiting": {"reason": "ImagePullBackOff", "message": "back-off 10s"}}\
            """);
        reconciler.reconcile();
        assertThat(condition("seed")).containsEntry("status", "Unknown").containsEntry("reason", "NoImage");
        assertThat(condition("seed").get("message")).asString().contains("the image fq:1 cannot be pulled");

        api.client.pods().inNamespace("video").delete();
        reconciler.reconcile();
        assertThat(condition("seed")).containsEntry("reason", "Running");
    }

    @Test
    void anotherLeaderMayHaveCreatedTheObjects() {
        create("seed");
        reconciler.reconcile();
        Job job = jobs().getFirst();
        api.client.resource(job).delete();
        // The ConfigMap exists, and the Job appears between reading and creating.
        api.fail("POST .*/jobs", 409, "already exists");

        reconciler.reconcile();

        assertThat(condition("seed")).containsEntry("status", "Unknown");
    }

    @Test
    void experimentThatFailsAtTheApiServerStopsNoOther() {
        create("broken");
        create("fine");
        api.fail("GET .*/jobs/broken.*", 500, "away");

        reconciler.reconcile();

        assertThat(condition("broken")).isEmpty();
        assertThat(condition("fine")).containsEntry("reason", "Running");
        api.recover();
        reconciler.reconcile();
        assertThat(condition("broken")).containsEntry("reason", "Running");
    }

    @Test
    void changedExperimentIsRunAgain() {
        create("seed");
        reconciler.reconcile();
        resource("seed").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"policies\":[\"srpt\"]}}");

        reconciler.reconcile();

        assertThat(jobs()).extracting(j -> j.getMetadata().getName()).anyMatch(n -> n.startsWith("seed-experiment-2-"));
    }

    @Test
    void leaderRunsExperimentsAndAStandbyDoesNot() {
        create("seed");
        try (InMemoryScheduler replica = new InMemoryScheduler("s-0", new InMemoryAuthority(), LeaderElector.SINGLE)) {
            ExperimentFollower follower = new ExperimentFollower(
                    new FixedInstance<>(api.client),
                    replica.scheduler,
                    true,
                    "fq:1",
                    "IfNotPresent",
                    "runner",
                    Optional.of("video"));
            follower.start(new StartupEvent());
            await().until(() -> jobs().size() == 1);
            await().until(() -> !condition("seed").isEmpty());
            follower.stop(new ShutdownEvent());
        }
    }

    @Test
    void experimentSaysThatNobodyRunsItWhereExperimentsAreOffAndRunsOnceTheyAreOn() {
        create("seed");

        reconciler.reportOff();
        reconciler.reportOff();

        assertThat(jobs()).isEmpty();
        assertThat(condition("seed")).containsEntry("status", "Unknown").containsEntry("reason", "ExperimentsOff");
        assertThat(condition("seed").get("message")).asString().contains("experiments.enabled=true");
        assertThat(api.events("video", "seed")).singleElement().asString().startsWith("ExperimentsOff: ignored");

        reconciler.reconcile();
        assertThat(jobs()).hasSize(1);
        assertThat(condition("seed")).containsEntry("reason", "Running");
        reconciler.reportOff();
        assertThat(condition("seed")).as("another installation runs it").containsEntry("reason", "Running");
    }

    private void create(String name) {
        resource(name).create(Serialization.unmarshal("""
            {"apiVersion": "framequota.io/v1alpha1", "kind": "Experiment",
             "metadata": {"name": "%s", "namespace": "video"},
             "spec": {"home": "simulator", "cores": 2, "workload": {"batch": {"sizes": [1, 1]}},
                      "policies": ["gang"]}}\
            """.formatted(name), GenericKubernetesResource.class));
    }

    private io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource> resource(String name) {
        return api.client
                .genericKubernetesResources(CustomResources.kind("Experiment", "experiments"))
                .inNamespace("video")
                .withName(name);
    }

    private GenericKubernetesResource experiment(String name) {
        return resource(name).get();
    }

    private Map<String, Object> condition(String name) {
        List<Map<String, Object>> conditions = experiment(name).get("status", "conditions");
        return conditions == null ? Map.of() : conditions.getFirst();
    }

    private List<Job> jobs() {
        return api.client.batch().v1().jobs().inNamespace("video").list().getItems();
    }

    private void end(Consumer<JobStatus> change) {
        Job job = jobs().getFirst();
        JobStatus status = new JobStatus();
        change.accept(status);
        job.setStatus(status);
        api.client.resource(job).updateStatus();
    }

    private void report(String name, String json) {
        var map = api.client.configMaps().inNamespace("video").withName(name);
        map.edit(m -> new ConfigMapBuilder(m).addToData("report.json", json).build());
    }

    private void pod(String state) {
        String job = jobs().getFirst().getMetadata().getName();
        api.create(
                new PodBuilder(Serialization.unmarshal("""
                    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "video"},
                     "spec": {"containers": [{"name": "fq"}]},
                     "status": {"containerStatuses": [{"name": "fq", "state": %s}]}}\
                    """.formatted(state), io.fabric8.kubernetes.api.model.Pod.class))
                        .editMetadata()
                        .addToLabels("job-name", job)
                        .endMetadata()
                        .build());
    }
}
