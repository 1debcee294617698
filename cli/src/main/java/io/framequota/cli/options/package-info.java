/** Options that several commands share. */
@NullMarked
package io.framequota.cli.options;

import org.jspecify.annotations.NullMarked;
