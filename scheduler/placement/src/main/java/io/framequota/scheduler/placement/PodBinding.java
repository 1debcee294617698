package io.framequota.scheduler.placement;

/** A pod and the node that it shall run on. */
public record PodBinding(PodId pod, String node) {}
