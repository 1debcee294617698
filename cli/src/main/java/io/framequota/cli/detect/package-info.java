/** fq detect: one command from sources to results. */
@NullMarked
package io.framequota.cli.detect;

import org.jspecify.annotations.NullMarked;
