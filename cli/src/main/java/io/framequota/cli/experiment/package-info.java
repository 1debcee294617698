/** {@code fq experiment}. */
@NullMarked
package io.framequota.cli.experiment;

import org.jspecify.annotations.NullMarked;
