/** Result files as the command line writes them. */
@NullMarked
package io.framequota.cli.results;

import org.jspecify.annotations.NullMarked;
