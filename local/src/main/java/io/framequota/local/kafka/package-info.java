/** A Kafka broker, embedded in a JVM. */
@NullMarked
package io.framequota.local.kafka;

import org.jspecify.annotations.NullMarked;
