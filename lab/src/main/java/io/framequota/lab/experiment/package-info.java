/**
 * Experiments: every policy of a file on the same workload, under each actuator, some number of times. This package holds
 * the values and the port {@link io.framequota.lab.experiment.PolicyRunner}; where a run takes place is an adapter. Times
 * are seconds from the start of a run as it was measured, sizes are CPU seconds at one core.
 */
@NullMarked
package io.framequota.lab.experiment;

import org.jspecify.annotations.NullMarked;
