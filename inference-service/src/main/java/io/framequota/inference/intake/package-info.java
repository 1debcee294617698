/** Where frames come from. */
@NullMarked
package io.framequota.inference.intake;

import org.jspecify.annotations.NullMarked;
