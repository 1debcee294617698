/** Enforces allocations: plans and writes the CPU limits of workers, on a thread of its own. */
@NullMarked
package io.framequota.scheduler.controller.enforce;

import org.jspecify.annotations.NullMarked;
