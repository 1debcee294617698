/** Runs on this machine with worker processes, under quotas or weights or without limits. */
@NullMarked
package io.framequota.lab.local;

import org.jspecify.annotations.NullMarked;
