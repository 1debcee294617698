/** Writes results and dead letters to Kafka. */
@NullMarked
package io.framequota.inference.publish.kafka;

import org.jspecify.annotations.NullMarked;
