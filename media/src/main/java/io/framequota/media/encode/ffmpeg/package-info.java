/** Encodes with FFmpeg's libraries and OpenH264. No type of theirs leaves this package. */
@NullMarked
package io.framequota.media.encode.ffmpeg;

import org.jspecify.annotations.NullMarked;
