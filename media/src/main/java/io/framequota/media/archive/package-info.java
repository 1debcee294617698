/** Archives of pictures and of what belongs to them. */
@NullMarked
package io.framequota.media.archive;

import org.jspecify.annotations.NullMarked;
