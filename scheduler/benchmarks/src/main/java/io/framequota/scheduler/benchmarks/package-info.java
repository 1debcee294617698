/** Benchmarks of decisions and of the simulator. Not part of the shipped system; see the README beside the module. */
@NullMarked
package io.framequota.scheduler.benchmarks;

import org.jspecify.annotations.NullMarked;
