/** What a model wants to be fed and what it answers, from its configuration. */
@NullMarked
package io.framequota.inference.model;

import org.jspecify.annotations.NullMarked;
