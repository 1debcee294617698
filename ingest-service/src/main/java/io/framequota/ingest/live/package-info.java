/** Streams that go on while they are read: live jobs. */
@NullMarked
package io.framequota.ingest.live;

import org.jspecify.annotations.NullMarked;
