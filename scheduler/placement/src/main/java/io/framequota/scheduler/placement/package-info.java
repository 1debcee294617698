/**
 * Decides on which node a worker pod runs: a pure function from a {@link io.framequota.scheduler.placement.ClusterSnapshot} to
 * bindings, without clock, threads or cluster access.
 */
@NullMarked
package io.framequota.scheduler.placement;

import org.jspecify.annotations.NullMarked;
