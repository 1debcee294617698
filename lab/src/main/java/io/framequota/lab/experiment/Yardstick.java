package io.framequota.lab.experiment;

/** The lowest mean response that is known for a workload, and the policy that achieves it. */
public record Yardstick(String policy, double meanS) {}
