/** Benchmarks of policy decisions and of the simulator. Not part of the shipped system; see the module's README. */
@NullMarked
package io.framequota.scheduler.benchmarks;

import org.jspecify.annotations.NullMarked;
