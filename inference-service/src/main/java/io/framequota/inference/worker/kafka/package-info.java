/** Reads commands from Kafka and writes reports to Kafka. */
@NullMarked
package io.framequota.inference.worker.kafka;

import org.jspecify.annotations.NullMarked;
