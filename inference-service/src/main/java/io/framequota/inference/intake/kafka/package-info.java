/** Reads frames from Kafka by offset. */
@NullMarked
package io.framequota.inference.intake.kafka;

import org.jspecify.annotations.NullMarked;
