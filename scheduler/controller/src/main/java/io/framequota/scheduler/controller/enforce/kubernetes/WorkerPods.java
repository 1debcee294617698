package io.framequota.scheduler.controller.enforce.kubernetes;

/**
 * Which pods are workers.
 *
 * @param namespace they are in
 * @param selector of their labels
 * @param container of each that computes, and is limited
 */
record WorkerPods(String namespace, String selector, String container) {}
