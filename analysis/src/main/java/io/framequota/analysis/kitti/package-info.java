/** Recordings of KITTI's raw data: calibration, times, positions, laser scans, annotated boxes, and what they say about detections. */
@NullMarked
package io.framequota.analysis.kitti;

import org.jspecify.annotations.NullMarked;
