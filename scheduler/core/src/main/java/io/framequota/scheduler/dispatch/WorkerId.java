package io.framequota.scheduler.dispatch;

/**
 * Identifies one process of a worker.
 *
 * @param name stable name
 * @param instance new at each start of the process
 */
public record WorkerId(String name, String instance) {}
