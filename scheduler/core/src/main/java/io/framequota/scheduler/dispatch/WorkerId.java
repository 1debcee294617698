package io.framequota.scheduler.dispatch;

/**
 * A worker's process.
 *
 * @param name stable name
 * @param instance new at each start of the process
 */
public record WorkerId(String name, String instance) {}
