/** Facts and reports that the scheduler observes. */
@NullMarked
package io.framequota.scheduler.controller.observe;

import org.jspecify.annotations.NullMarked;
