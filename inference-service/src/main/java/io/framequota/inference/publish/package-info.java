/** Where results and dead letters go. */
@NullMarked
package io.framequota.inference.publish;

import org.jspecify.annotations.NullMarked;
