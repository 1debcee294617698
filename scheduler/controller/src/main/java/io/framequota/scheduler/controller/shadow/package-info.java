/** What other policies would have done with the jobs that came: the recording of a live system, and its replay. */
@NullMarked
package io.framequota.scheduler.controller.shadow;

import org.jspecify.annotations.NullMarked;
