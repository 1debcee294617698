/** Decodes files to pictures: every frame once, in presentation order, as displayed. */
@NullMarked
package io.framequota.media.decode;

import org.jspecify.annotations.NullMarked;
