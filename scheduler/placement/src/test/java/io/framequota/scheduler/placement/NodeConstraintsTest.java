package io.framequota.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConstraintsTest {
    private static final NodeState NODE =
            new NodeState("n", ResourceList.NONE, Map.of("zone", "a", "cores", "16"), List.of(), false);

    @ParameterizedTest
    @CsvSource({
        "zone, IN, a b, true",
        "zone, IN, b, false",
        "rack, IN, a, false",
        "zone, NOT_IN, a, false",
        "rack, NOT_IN, a, true",
        "zone, EXISTS, , true",
        "rack, EXISTS, , false",
        "rack, DOES_NOT_EXIST, , true",
        "cores, GREATER, 8, true",
        "cores, GREATER, 16, false",
        "cores, LESS, 32, true",
        "zone, LESS, 32, false",
        "zone, UNKNOWN, a, false"
    })
    void aRequirementIsMetAsInKubernetes(
            String key, NodeConstraints.Requirement.Operator operator, String values, boolean met) {
        List<String> list = values == null ? List.of() : List.of(values.split(" "));

        assertThat(new NodeConstraints.Requirement(key, operator, list).isMetBy(NODE.labels()))
                .isEqualTo(met);
    }

    @ParameterizedTest
    @CsvSource({
        "gpu, false, yes, NO_SCHEDULE, true",
        "gpu, false, no, NO_SCHEDULE, false",
        "gpu, true, '', , true",
        "'', true, '', , true",
        "'', false, yes, , false",
        "gpu, true, '', NO_EXECUTE, false",
        "disk, true, '', , false"
    })
    void aTolerationIsMetAsInKubernetes(
            String key, boolean any, String value, NodeState.Taint.Effect effect, boolean tolerates) {
        NodeState.Taint taint = new NodeState.Taint("gpu", "yes", NodeState.Taint.Effect.NO_SCHEDULE);

        assertThat(new NodeConstraints.Toleration(key, any, value, effect).tolerates(taint))
                .isEqualTo(tolerates);
    }

    @Test
    void oneAffinityTermSufficesAndNoNodeMeetsAnEmptyOne() {
        NodeConstraints.Term byName = new NodeConstraints.Term(
                List.of(),
                List.of(new NodeConstraints.Requirement(
                        "metadata.name", NodeConstraints.Requirement.Operator.IN, List.of("n"))));
        NodeConstraints.Term empty = new NodeConstraints.Term(List.of(), List.of());

        assertThat(new NodeConstraints(List.of(), Map.of(), List.of(empty, byName)).refusal(NODE))
                .isNull();
        assertThat(new NodeConstraints(List.of(), Map.of(), List.of(empty)).refusal(NODE))
                .isEqualTo("node affinity");
    }

    @Test
    void cordonedNodeTakesOnlyPodsThatTolerateIt() {
        NodeState cordoned = new NodeState("n", ResourceList.NONE, Map.of(), List.of(), true);
        NodeConstraints.Toleration toleration =
                new NodeConstraints.Toleration("node.kubernetes.io/unschedulable", true, "", null);

        assertThat(NodeConstraints.NONE.refusal(cordoned)).isEqualTo("unschedulable");
        assertThat(new NodeConstraints(List.of(toleration), Map.of(), List.of()).refusal(cordoned))
                .isNull();
    }
}
