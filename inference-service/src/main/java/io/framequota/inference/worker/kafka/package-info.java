/** Commands in and reports out over their topics. */
@NullMarked
package io.framequota.inference.worker.kafka;

import org.jspecify.annotations.NullMarked;
