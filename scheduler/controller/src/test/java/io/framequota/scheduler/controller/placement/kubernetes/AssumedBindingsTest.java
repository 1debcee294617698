package io.framequota.scheduler.controller.placement.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.placement.NodeConstraints;
import io.framequota.scheduler.placement.PlacementDecision.Binding;
import io.framequota.scheduler.placement.PodId;
import io.framequota.scheduler.placement.PodState;
import io.framequota.scheduler.placement.ResourceList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssumedBindingsTest {
    private final PodState pod =
            new PodState(new PodId("ns", "p", "u"), ResourceList.NONE, NodeConstraints.NONE, null, null, 0, 0, null);
    private final AssumedBindings assumptions = new AssumedBindings();

    @Test
    void assumedPodIsOnItsNodeUntilTheWatchShowsItsNode() {
        assumptions.assume(new Binding(pod.id(), "a"));

        assertThat(assumptions.applyTo(List.of(pod), 0)).containsExactly(pod.on("a"));
        assertThat(assumptions.applyTo(List.of(pod.on("b")), 0)).containsExactly(pod.on("b"));
        assertThat(assumptions.applyTo(List.of(pod), 0)).containsExactly(pod);
    }

    @Test
    void backoffOfAPodDoublesWithEveryFailedBinding() {
        assumptions.assume(new Binding(pod.id(), "a"));
        assumptions.failed(pod.id(), 0);

        assertThat(assumptions.applyTo(List.of(pod), 499).getFirst().refusal()).isNotNull();
        assertThat(assumptions.applyTo(List.of(pod), 500)).containsExactly(pod);

        assumptions.failed(pod.id(), 500);
        assertThat(assumptions.applyTo(List.of(pod), 1_499).getFirst().refusal())
                .isNotNull();
        assertThat(assumptions.applyTo(List.of(pod), 1_500)).containsExactly(pod);
    }

    @Test
    void aPodThatIsGoneIsForgotten() {
        assumptions.assume(new Binding(pod.id(), "a"));
        assumptions.applyTo(List.of(), 0);

        assertThat(assumptions.applyTo(List.of(pod), 0)).containsExactly(pod);
    }
}
