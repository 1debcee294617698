/** Measures how many pictures a second a model takes from the embedded server. */
@NullMarked
package io.framequota.inferenceserver.benchmark;

import org.jspecify.annotations.NullMarked;
