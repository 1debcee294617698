/**
 * Scheduling experiments under a virtual clock: the production policies and the production dispatcher with modelled cores,
 * quotas and arrivals. Deterministic: the same scenario and seed give the same run. Nothing here reads a clock or starts
 * a thread. Times are seconds, sizes are CPU seconds at one core.
 */
@NullMarked
package io.framequota.scheduler.simulator;

import org.jspecify.annotations.NullMarked;
