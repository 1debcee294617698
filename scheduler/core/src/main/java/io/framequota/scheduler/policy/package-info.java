/**
 * Who gets the cores: policies as pure functions from a snapshot to an allocation. Nothing here knows a clock, a thread,
 * a message or a worker, so the same code decides live and in simulation. A policy is one file and one line in
 * {@link io.framequota.scheduler.policy.Policies}.
 */
@NullMarked
package io.framequota.scheduler.policy;

import org.jspecify.annotations.NullMarked;
