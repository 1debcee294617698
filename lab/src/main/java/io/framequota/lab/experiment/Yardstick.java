package io.framequota.lab.experiment;

/** The least mean response that is known for a workload, and which policy has it. */
public record Yardstick(String policy, double meanS) {}
