package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.enforce.kubernetes.FakeApi;
import io.framequota.scheduler.quota.Actuator;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is asked of the API server for a status; the chart's Role gives these verbs and no others. */
class QuotaPolicyCustomResourceTest {
    private static final String PATH = "/apis/framequota.io/v1alpha1/namespaces/video/quotapolicies/live";
    private static final String RESOURCE = """
            {"apiVersion": "framequota.io/v1alpha1", "kind": "QuotaPolicy",
             "metadata": {"name": "live", "namespace": "video", "generation": 3}, "spec": {"policy": "srpt"}}""";

    @Test
    void aStatusIsPatchedAndNothingIsUpdated() throws IOException {
        try (FakeApi api = new FakeApi()) {
            api.answers.put(PATH, RESOURCE);
            api.answers.put(PATH + "/status", RESOURCE);

            QuotaPolicyCustomResource.report(
                    api.client,
                    Serialization.unmarshal(RESOURCE, GenericKubernetesResource.class),
                    new QuotaPolicyCustomResource.Outcome(true, "Applied", "srpt decides", "srpt"));

            assertThat(api.asked).containsExactly("GET " + PATH, "PATCH " + PATH + "/status");
            assertThat(api.patches.getFirst())
                    .contains("\"observedGeneration\":3", "\"policy\":\"srpt\"", "\"type\":\"Applied\"");
        }
    }

    @Test
    void whyTheAllocationIsNotInForceIsAConditionBesideTheOther() throws IOException {
        String applied = RESOURCE.replace(
                "\"spec\"", "\"status\": {\"conditions\": [{\"type\": \"Applied\", \"status\": \"True\"}]}, \"spec\"");
        try (FakeApi api = new FakeApi()) {
            api.answers.put(PATH, applied);
            api.answers.put(PATH + "/status", applied);
            Enforcer.Trouble trouble =
                    new Enforcer.Trouble("Deferred", "worker-0 has 670m of 1000m: deferred: the node is full");

            QuotaPolicyCustomResource.report(
                    api.client,
                    Serialization.unmarshal(applied, GenericKubernetesResource.class),
                    new Enforcer.View(Actuator.QUOTA, trouble, List.of()));

            assertThat(api.patches.getFirst())
                    .contains(
                            "\"type\":\"Applied\"",
                            "\"type\":\"Enforced\"",
                            "\"reason\":\"Deferred\"",
                            trouble.words());
        }
    }
}
