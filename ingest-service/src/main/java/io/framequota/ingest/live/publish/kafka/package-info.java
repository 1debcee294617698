/** Reads annotated packets from Kafka. */
@NullMarked
package io.framequota.ingest.live.publish.kafka;

import org.jspecify.annotations.NullMarked;
