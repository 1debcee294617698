/** The kafka of one machine. */
@NullMarked
package io.framequota.cli.local.kafka;

import org.jspecify.annotations.NullMarked;
