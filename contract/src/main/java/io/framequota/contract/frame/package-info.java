/** A frame record's metadata on the wire. */
@NullMarked
package io.framequota.contract.frame;

import org.jspecify.annotations.NullMarked;
