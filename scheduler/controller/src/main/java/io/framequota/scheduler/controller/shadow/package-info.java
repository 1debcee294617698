/** Replays the jobs of a live system under other policies, to tell which policy would have served them better. */
@NullMarked
package io.framequota.scheduler.controller.shadow;

import org.jspecify.annotations.NullMarked;
