/**
 * Turns shares into CPU limits: rounds them, decides when each limit is written, and handles the outcomes. The same
 * classes run under the simulator's virtual clock, on control groups and on pods. Uses only the JDK.
 */
@NullMarked
package io.framequota.scheduler.quota;

import org.jspecify.annotations.NullMarked;
