/** Reads live streams with FFmpeg. */
@NullMarked
package io.framequota.media.live.ffmpeg;

import org.jspecify.annotations.NullMarked;
