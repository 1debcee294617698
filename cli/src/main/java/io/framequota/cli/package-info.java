/** fq, the command line. */
@NullMarked
package io.framequota.cli;

import org.jspecify.annotations.NullMarked;
