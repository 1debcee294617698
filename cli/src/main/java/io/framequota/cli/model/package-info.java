/** Commands about model files: {@code fq model}. */
@NullMarked
package io.framequota.cli.model;

import org.jspecify.annotations.NullMarked;
