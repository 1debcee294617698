/** The inputs that a model expects and the outputs that it returns, derived from its configuration. */
@NullMarked
package io.framequota.inference.model;

import org.jspecify.annotations.NullMarked;
