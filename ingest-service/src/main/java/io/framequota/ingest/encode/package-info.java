/** Writes pictures as a video file. */
@NullMarked
package io.framequota.ingest.encode;

import org.jspecify.annotations.NullMarked;
