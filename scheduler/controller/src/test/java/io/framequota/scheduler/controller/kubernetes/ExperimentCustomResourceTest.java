package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class ExperimentCustomResourceTest {
    private static final String UID = "4f1c2d9e-0b7a-4f5e-9c55-0a1b2c3d4e5f";
    private static final String SEED =
            "{\"apiVersion\":\"framequota.io/v1alpha1\",\"kind\":\"Experiment\",\"metadata\":"
                    + "{\"name\":\"seed\",\"namespace\":\"lab\",\"uid\":\"%s\",\"generation\":3},\"spec\":{\"home\":\"simulator\","
                    + "\"repeat\":5,\"cores\":2,\"workload\":{\"batch\":{\"sizes\":[1,1]}},\"policies\":[\"gang\"]}%s}";
    private static final String REPORT = "{\"policies\":["
            + "{\"policy\":\"a\",\"actuator\":\"quota\",\"mean_response_s\":1.5,\"predicted_mean_s\":null},"
            + "{\"policy\":\"b\",\"actuator\":\"quota\",\"variant\":{\"speedup.amdahl\":\"0.8\"},"
            + "\"mean_response_s\":1.25,\"predicted_mean_s\":1.2}]}";

    @Test
    void fileContainsTheNameButNoCommandLineOptions() {
        assertThat(ExperimentCustomResource.file(seed("")))
                .isEqualToIgnoringWhitespace(
                        "{\"name\":\"seed\",\"cores\":2,\"workload\":{\"batch\":{\"sizes\":[1,1]}},"
                                + "\"policies\":[\"gang\"]}");
    }

    @Test
    void jobRunsTheExperimentInItsNamespaceAndStoresTheReport() {
        Job job = new ExperimentJob("fq:1", "Always", "runner").job(seed(""));

        assertThat(job.getMetadata().getName()).isEqualTo("seed-experiment-3-4f1c2");
        assertThat(job.getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo(UID);
        assertThat(job.getSpec().getTemplate().getSpec().getServiceAccountName())
                .isEqualTo("runner");
        Container fq = job.getSpec().getTemplate().getSpec().getContainers().getFirst();
        assertThat(fq.getImagePullPolicy()).isEqualTo("Always");
        assertThat(fq.getArgs())
                .containsSubsequence("--on", "simulator", "--repeat", "5", "--namespace", "lab", "--image", "fq:1")
                .containsSubsequence("--pull-policy", "Always", "--service-account", "runner")
                .containsSubsequence("--config-map", "seed-experiment-3-4f1c2");
    }

    @Test
    void recreatedExperimentHasItsOwnJobAndNamesAreShortEnough() {
        GenericKubernetesResource again = seed("");
        again.getMetadata().setUid("00000000" + UID.substring(8));

        assertThat(ExperimentCustomResource.run(again)).isNotEqualTo(ExperimentCustomResource.run(seed("")));
        again.getMetadata().setName("x".repeat(40));
        again.getMetadata().setGeneration(99_999L);
        assertThat(ExperimentCustomResource.run(again)).hasSize(63);
    }

    @Test
    void aReportGivesTheStatusOfEachPolicyAndTheBest() {
        ExperimentCustomResource.State state = ExperimentCustomResource.State.complete(REPORT);

        assertThat(state.complete()).isEqualTo("True");
        assertThat(state.best()).contains("b");
        assertThat(state.policies().get(0)).doesNotContainKey("predictedMeanSeconds");
        assertThat(state.policies().get(1))
                .containsEntry("meanResponseSeconds", 1.25)
                .containsEntry("predictedMeanSeconds", 1.2)
                .containsEntry("variant", "0.8");
        assertThat(ExperimentCustomResource.State.complete("no report").complete())
                .isEqualTo("False");
    }

    @Test
    void onlyTheEndOfThePresentGenerationCounts() {
        String status =
                ",\"status\":{\"observedGeneration\":%d,\"conditions\":[{\"type\":\"Complete\",\"status\":\"%s\"}]}";

        assertThat(ExperimentCustomResource.hasEnded(seed(""))).isFalse();
        assertThat(ExperimentCustomResource.hasEnded(seed(status.formatted(2, "True"))))
                .isFalse();
        assertThat(ExperimentCustomResource.hasEnded(seed(status.formatted(3, "Unknown"))))
                .isFalse();
        assertThat(ExperimentCustomResource.hasEnded(seed(status.formatted(3, "False"))))
                .isTrue();
    }

    private static GenericKubernetesResource seed(String status) {
        return Serialization.unmarshal(SEED.formatted(UID, status), GenericKubernetesResource.class);
    }
}
