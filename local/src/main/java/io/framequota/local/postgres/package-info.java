/** The postgres of one machine. */
@NullMarked
package io.framequota.local.postgres;

import org.jspecify.annotations.NullMarked;
