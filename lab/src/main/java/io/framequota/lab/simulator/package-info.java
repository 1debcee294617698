/** Runs under a virtual clock. */
@NullMarked
package io.framequota.lab.simulator;

import org.jspecify.annotations.NullMarked;
