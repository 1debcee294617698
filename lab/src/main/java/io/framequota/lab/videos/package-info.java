/** Experiments with videos: runs in a whole local system, through its public door. */
@NullMarked
package io.framequota.lab.videos;

import org.jspecify.annotations.NullMarked;
