package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.framequota.scheduler.placement.NodeState;
import io.framequota.scheduler.placement.NodeState.Taint;
import io.framequota.scheduler.placement.ResourceList;
import java.util.Map;
import java.util.Objects;

/** Converts nodes of the API server to the placement's model. */
final class NodeReader {
    private NodeReader() {}

    static NodeState read(Node node) {
        ResourceList allocatable = node.getStatus() == null
                ? ResourceList.NONE
                : ResourceQuantities.available(node.getStatus().getAllocatable());
        return new NodeState(
                node.getMetadata().getName(),
                allocatable,
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of()),
                node.getSpec().getTaints().stream()
                        .map(t -> new Taint(
                                t.getKey(), Objects.requireNonNullElse(t.getValue(), ""), effect(t.getEffect())))
                        .toList(),
                Boolean.TRUE.equals(node.getSpec().getUnschedulable()));
    }

    static Taint.Effect effect(String effect) {
        return switch (effect) {
            case "PreferNoSchedule" -> Taint.Effect.PREFER_NO_SCHEDULE;
            case "NoExecute" -> Taint.Effect.NO_EXECUTE;
            // An unknown effect keeps pods away.
            default -> Taint.Effect.NO_SCHEDULE;
        };
    }
}
