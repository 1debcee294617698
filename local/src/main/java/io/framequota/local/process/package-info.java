/** Supervises processes: starts them again when they end, limits their logs, and ends them when fq is killed. */
@NullMarked
package io.framequota.local.process;

import org.jspecify.annotations.NullMarked;
