/** Runs under a virtual clock. */
@NullMarked
package io.framequota.scheduler.experiment.simulator;

import org.jspecify.annotations.NullMarked;
