/** The detectors of OpenCV. */
@NullMarked
package io.framequota.inferenceserver.backend.opencv;

import org.jspecify.annotations.NullMarked;
