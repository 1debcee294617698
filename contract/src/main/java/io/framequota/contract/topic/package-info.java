/** Kafka topics and the bounds they are created with. */
@NullMarked
package io.framequota.contract.topic;

import org.jspecify.annotations.NullMarked;
