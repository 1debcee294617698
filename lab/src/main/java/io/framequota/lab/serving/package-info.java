/** Predictions for serving modes, whose requests share the cores equally while they compute. */
@NullMarked
package io.framequota.lab.serving;

import org.jspecify.annotations.NullMarked;
