/** Experiments with videos in a whole system, through its public API. */
@NullMarked
package io.framequota.lab.videos;

import org.jspecify.annotations.NullMarked;
