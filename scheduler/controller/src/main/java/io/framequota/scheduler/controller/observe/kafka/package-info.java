/** Reads facts and reports from Kafka's control topics, through SmallRye Reactive Messaging. */
@NullMarked
package io.framequota.scheduler.controller.observe.kafka;

import org.jspecify.annotations.NullMarked;
