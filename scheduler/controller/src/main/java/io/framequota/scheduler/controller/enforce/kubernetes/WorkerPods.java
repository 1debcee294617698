package io.framequota.scheduler.controller.enforce.kubernetes;

/**
 * Identifies the worker pods.
 *
 * @param selector label selector
 * @param container the computing container of each pod, which is limited
 */
record WorkerPods(String namespace, String selector, String container) {}
