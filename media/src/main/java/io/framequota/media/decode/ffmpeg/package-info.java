/** Decoding with FFmpeg's libraries. No type of theirs leaves this package. */
@NullMarked
package io.framequota.media.decode.ffmpeg;

import org.jspecify.annotations.NullMarked;
