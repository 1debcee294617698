/** {@code fq convert360}. */
@NullMarked
package io.framequota.cli.convert;

import org.jspecify.annotations.NullMarked;
