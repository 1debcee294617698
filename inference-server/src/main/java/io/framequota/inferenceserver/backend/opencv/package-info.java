/** The detectors that OpenCV brings along. */
@NullMarked
package io.framequota.inferenceserver.backend.opencv;

import org.jspecify.annotations.NullMarked;
