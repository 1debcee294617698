/** The event loop: applies events, decides, and sends commands. */
@NullMarked
package io.framequota.scheduler.controller.decide;

import org.jspecify.annotations.NullMarked;
