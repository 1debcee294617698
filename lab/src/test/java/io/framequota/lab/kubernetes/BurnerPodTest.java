package io.framequota.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BurnerPodTest {
    @Test
    void anAccountIsForItsPullSecretsAndNotForItsToken() {
        PodSpec pod = pod(new BurnerPodSettings(Optional.of("lab"), "fq:1", "Always", Optional.of("runner")));

        assertThat(pod.getServiceAccountName()).isEqualTo("runner");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getContainers().getFirst().getImagePullPolicy()).isEqualTo("Always");
    }

    @Test
    void withoutAnAccountItIsTheNamespacesOwn() {
        PodSpec pod = pod(new BurnerPodSettings(Optional.empty(), "fq:1", "IfNotPresent", Optional.empty()));

        assertThat(pod.getServiceAccountName()).isNull();
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getContainers().getFirst().getImagePullPolicy()).isEqualTo("IfNotPresent");
    }

    private static PodSpec pod(BurnerPodSettings settings) {
        return BurnerPod.of("burner-0", Map.of(), settings, 100).getSpec();
    }
}
