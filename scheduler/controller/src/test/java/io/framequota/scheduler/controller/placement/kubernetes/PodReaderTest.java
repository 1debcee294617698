package io.framequota.scheduler.controller.placement.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.framequota.scheduler.placement.PodGang;
import io.framequota.scheduler.placement.PodState;
import io.framequota.scheduler.placement.ResourceList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodReaderTest {
    @Test
    void containersAndSidecarsAddUpUnlessAnInitContainerAsksForMore() {
        PodState pod = read("""
                spec:
                  overhead: {cpu: 10m}
                  initContainers:
                  - {name: first, resources: {requests: {cpu: "2", memory: 10Mi}}}
                  - {name: side, restartPolicy: Always, resources: {requests: {cpu: 100m, memory: 10Mi}}}
                  - {name: second, resources: {requests: {cpu: 300m, memory: 500Mi}}}
                  containers:
                  - {name: a, resources: {requests: {cpu: 500m, memory: 100Mi, framequota.io/compute: "1000"}}}
                  - {name: b, resources: {requests: {cpu: 0.2505, memory: 100Mi}}}
                """);

        assertThat(pod.requests().get(ResourceList.CPU)).isEqualTo(2010);
        assertThat(pod.requests().get(ResourceList.MEMORY)).isEqualTo(510L << 20);
        assertThat(pod.requests().get("framequota.io/compute")).isEqualTo(1000);
        assertThat(pod.requests().get(ResourceList.PODS)).isEqualTo(1);
    }

    @Test
    void aContainerThatIsBeingResizedCountsWithTheLargerAmount() {
        PodState pod = read("""
                spec:
                  containers:
                  - {name: a, resources: {requests: {cpu: 10m}}}
                  - {name: b, resources: {requests: {cpu: "1"}}}
                status:
                  containerStatuses:
                  - {name: a, allocatedResources: {cpu: 800m}, resources: {requests: {cpu: 700m}}}
                  - {name: b, allocatedResources: {cpu: 10m}}
                """);

        assertThat(pod.requests().get(ResourceList.CPU)).isEqualTo(1800);
    }

    @Test
    void aPodsOwnRequestsReplaceTheSum() {
        PodState pod = read("""
                spec:
                  resources: {requests: {cpu: "3"}}
                  containers:
                  - {name: a, resources: {requests: {cpu: "1", memory: 1Mi}}}
                """);

        assertThat(pod.requests().get(ResourceList.CPU)).isEqualTo(3000);
        assertThat(pod.requests().get(ResourceList.MEMORY)).isEqualTo(1 << 20);
    }

    @Test
    void aGangIsNamedByLabelsOrAnnotations() {
        assertThat(read("""
                metadata: {labels: {framequota.io/gang: g}, annotations: {framequota.io/gang-size: "3"}}
                spec: {containers: []}
                """).gang()).isEqualTo(new PodGang("g", 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", ""})
    void aGangsSizeMustBeANumber(String size) {
        assertThat(read("""
                metadata: {labels: {framequota.io/gang: g, framequota.io/gang-size: "%s"}}
                spec: {containers: []}
                """.formatted(size)).refusal()).contains("framequota.io/gang-size");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a}]}}",
                "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a}]}}",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
                "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]",
                "resourceClaims: [{name: r}]"
            })
    void unsupportedConstraintRefusesThePod(String constraint) {
        assertThat(read("spec: {containers: [], %s}".formatted(constraint)).refusal())
                .contains("placement framequota does not support");
    }

    @Test
    void softConstraintsDoNotRefuseThePod() {
        assertThat(read("""
                spec:
                  containers: []
                  topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway}]
                """).refusal()).isNull();
    }

    private static PodState read(String yaml) {
        Pod pod = Serialization.unmarshal("apiVersion: v1\nkind: Pod\n" + yaml, Pod.class);
        if (pod.getMetadata() == null) {
            pod.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMeta());
        }
        pod.getMetadata().setNamespace("ns");
        pod.getMetadata().setName("p");
        pod.getMetadata().setUid("u");
        pod.getMetadata().setCreationTimestamp("2026-01-01T00:00:00Z");
        return PodReader.read(pod);
    }
}
