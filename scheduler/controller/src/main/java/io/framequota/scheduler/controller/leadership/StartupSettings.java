package io.framequota.scheduler.controller.leadership;

/**
 * What a scheduler's settings say. Policy and actuator count once per start: of a scheduler that is started again with the
 * same settings they are not wanted any more, whatever was chosen meanwhile is.
 *
 * @param scheduler its name
 * @param start whose settings they are
 * @param policy to begin with, empty for the kept one
 * @param actuator to begin with, empty for the kept one
 */
public record StartupSettings(String scheduler, String start, String policy, String actuator) {}
