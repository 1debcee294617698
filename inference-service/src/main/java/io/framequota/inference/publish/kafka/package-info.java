/** Results and dead letters on their topics. */
@NullMarked
package io.framequota.inference.publish.kafka;

import org.jspecify.annotations.NullMarked;
