package io.framequota.scheduler.controller.leadership;

/**
 * A scheduler's settings. Policy and actuator apply once per {@code start}: a scheduler that is restarted with the same start
 * keeps the policy and actuator that were selected in the meantime.
 *
 * @param scheduler its name
 * @param start identifies the deployment that the settings belong to
 * @param policy to begin with, empty for the stored one
 * @param actuator to begin with, empty for the stored one
 */
public record StartupSettings(String scheduler, String start, String policy, String actuator) {}
