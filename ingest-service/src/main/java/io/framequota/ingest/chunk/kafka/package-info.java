/** The frames topic: writing chunks, removing frames, checking the broker. */
@NullMarked
package io.framequota.ingest.chunk.kafka;

import org.jspecify.annotations.NullMarked;
