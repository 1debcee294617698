/** The commands for API keys. */
@NullMarked
package io.framequota.cli.key;

import org.jspecify.annotations.NullMarked;
