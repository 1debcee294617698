/** Job facts and worker reports. */
@NullMarked
package io.framequota.scheduler.controller.observe;

import org.jspecify.annotations.NullMarked;
