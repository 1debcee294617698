/**
 * Simulates the production policies, dispatcher and quota planner with modelled cores, quotas and arrivals.
 * Deterministic: equal scenarios and seeds give equal runs. Reads no clock and starts no threads. Times are in seconds,
 * sizes in CPU seconds on one core.
 */
@NullMarked
package io.framequota.scheduler.simulator;

import org.jspecify.annotations.NullMarked;
