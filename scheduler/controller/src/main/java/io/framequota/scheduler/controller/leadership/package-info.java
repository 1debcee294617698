/** Who leads, and what a new leader is told. */
@NullMarked
package io.framequota.scheduler.controller.leadership;

import org.jspecify.annotations.NullMarked;
