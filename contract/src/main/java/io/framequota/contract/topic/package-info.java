/** The Kafka topics and their configuration. */
@NullMarked
package io.framequota.contract.topic;

import org.jspecify.annotations.NullMarked;
