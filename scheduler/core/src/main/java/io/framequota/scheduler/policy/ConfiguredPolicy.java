package io.framequota.scheduler.policy;

import java.util.Map;

/**
 * A policy with its parameters, ready to decide.
 *
 * @param name canonical name
 * @param parameters the values that were chosen, without the defaults
 * @param policy the function
 * @param maxActive the most jobs that may hold a share at once
 */
public record ConfiguredPolicy(String name, Map<String, String> parameters, Policy policy, int maxActive) {}
