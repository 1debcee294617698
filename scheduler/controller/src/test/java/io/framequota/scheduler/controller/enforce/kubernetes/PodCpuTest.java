package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.framequota.scheduler.quota.Actuator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodCpuTest {
    private static final String CONTAINER = "inference-server";

    @Test
    void kubeletsReportIsInForceAndNotTheSpec() {
        Pod pod = pod(cpu("500m"), cpu("300m"));

        assertThat(PodCpu.inForce(pod, CONTAINER, Actuator.QUOTA)).isEqualTo(300);
        assertThat(PodCpu.specified(pod, CONTAINER, Actuator.QUOTA)).isEqualTo(500);
    }

    @Test
    void containerThatHasNotStartedHasItsSpecifiedLimit() {
        assertThat(PodCpu.inForce(pod(cpu("500m"), null), CONTAINER, Actuator.QUOTA))
                .isEqualTo(500);
    }

    @Test
    void aContainerWithoutResourcesIsNotLimited() {
        assertThat(PodCpu.inForce(pod(null, null), CONTAINER, Actuator.QUOTA)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    private static ResourceRequirements cpu(String amount) {
        return new ResourceRequirementsBuilder()
                .addToLimits("cpu", new Quantity(amount))
                .addToRequests("cpu", new Quantity(amount))
                .build();
    }

    private static Pod pod(@Nullable ResourceRequirements asked, @Nullable ResourceRequirements reported) {
        return new PodBuilder()
                .withNewSpec()
                .addNewContainer()
                .withName(CONTAINER)
                .withResources(asked)
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName(CONTAINER)
                        .withResources(reported)
                        .build())
                .endStatus()
                .build();
    }
}
