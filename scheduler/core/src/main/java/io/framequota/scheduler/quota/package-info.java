/**
 * From shares to limits: what is written when, and what became of it. The same classes under a virtual clock, on control
 * groups and in pods; they know the JDK and how shares are rounded.
 */
@NullMarked
package io.framequota.scheduler.quota;

import org.jspecify.annotations.NullMarked;
