/**
 * Runs on real cores, wherever the workers are: the policy decides, shares come into force, workers burn. Where they are
 * started and how a share comes into force there is an adapter's ({@link io.framequota.scheduler.experiment.real.Site}).
 */
@NullMarked
package io.framequota.scheduler.experiment.real;

import org.jspecify.annotations.NullMarked;
