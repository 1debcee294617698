/**
 * Container images as archives, built with neither Docker nor a registry. {@link io.framequota.images.ImageCatalogue} says what
 * is in each; {@link io.framequota.images.ImageArchive} writes it.
 */
@NullMarked
package io.framequota.images;

import org.jspecify.annotations.NullMarked;
