/** Tracks: which detections of successive frames are the same object. */
@NullMarked
package io.framequota.analysis.track;

import org.jspecify.annotations.NullMarked;
