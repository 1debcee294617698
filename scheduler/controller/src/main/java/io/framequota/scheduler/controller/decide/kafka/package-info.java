/** Commands to workers over Kafka. */
@NullMarked
package io.framequota.scheduler.controller.decide.kafka;

import org.jspecify.annotations.NullMarked;
