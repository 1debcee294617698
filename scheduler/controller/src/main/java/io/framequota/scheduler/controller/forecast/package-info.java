/** When jobs will end: the present, gone on from in the simulator; and how right that was. */
@NullMarked
package io.framequota.scheduler.controller.forecast;

import org.jspecify.annotations.NullMarked;
