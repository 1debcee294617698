/** The postgres of one machine. */
@NullMarked
package io.framequota.cli.local.postgres;

import org.jspecify.annotations.NullMarked;
