/** The frames topic: writing chunks, removing frames, checking the broker. */
@NullMarked
package io.framequota.ingest.publish.kafka;

import org.jspecify.annotations.NullMarked;
