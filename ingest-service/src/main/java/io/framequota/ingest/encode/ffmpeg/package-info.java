/** Encodes with FFmpeg's libraries and OpenH264. No type of theirs leaves this package. */
@NullMarked
package io.framequota.ingest.encode.ffmpeg;

import org.jspecify.annotations.NullMarked;
