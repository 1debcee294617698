/** What is written into containers beside what FFmpeg writes. */
@NullMarked
package io.framequota.media.container;

import org.jspecify.annotations.NullMarked;
