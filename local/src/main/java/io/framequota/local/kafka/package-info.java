/** The kafka of one machine. */
@NullMarked
package io.framequota.local.kafka;

import org.jspecify.annotations.NullMarked;
