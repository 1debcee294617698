/**
 * Which node a worker pod runs on. Pure: a {@link io.framequota.scheduler.placement.ClusterSnapshot} goes in, bindings come out;
 * no clock, thread or cluster is known here.
 */
@NullMarked
package io.framequota.scheduler.placement;

import org.jspecify.annotations.NullMarked;
