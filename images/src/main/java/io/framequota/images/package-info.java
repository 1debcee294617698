/**
 * Container images as archives, built with neither Docker nor a registry. {@link io.framequota.images.Catalogue} says what
 * is in each; {@link io.framequota.images.Archive} writes it.
 */
@NullMarked
package io.framequota.images;

import org.jspecify.annotations.NullMarked;
