/** Packets and results of streams through Kafka. */
@NullMarked
package io.framequota.ingest.live.kafka;

import org.jspecify.annotations.NullMarked;
