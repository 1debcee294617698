package io.framequota.scheduler.placement;

/** A pod and the node that it shall run on. */
public record Binding(PodId pod, String node) {}
