/** The metadata of a frame record. */
@NullMarked
package io.framequota.contract.frame;

import org.jspecify.annotations.NullMarked;
