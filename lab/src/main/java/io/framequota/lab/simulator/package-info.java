/** Runs experiments in the simulator, and predicts runs on machines with it. */
@NullMarked
package io.framequota.lab.simulator;

import org.jspecify.annotations.NullMarked;
