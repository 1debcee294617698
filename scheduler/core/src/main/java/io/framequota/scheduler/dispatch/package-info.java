/**
 * The dispatcher: from facts to grants. A deterministic state machine without clock, thread or I/O: time comes in with
 * every event, commands go out as values. The controller drives it with the wall clock and Kafka, a simulator drives
 * the same classes with a virtual clock. Times are microseconds of one clock that never runs backwards.
 */
@NullMarked
package io.framequota.scheduler.dispatch;

import org.jspecify.annotations.NullMarked;
