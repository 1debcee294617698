/** Forecasts when open jobs will end, by simulating the present state onward, and records how accurate that was. */
@NullMarked
package io.framequota.scheduler.controller.forecast;

import org.jspecify.annotations.NullMarked;
