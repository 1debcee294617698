/** Streams that go on while they are read: packets as they arrive. */
@NullMarked
package io.framequota.media.live;

import org.jspecify.annotations.NullMarked;
