/** Native libraries in the user's cache. */
@NullMarked
package io.framequota.media.library;

import org.jspecify.annotations.NullMarked;
