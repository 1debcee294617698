/** Draws the built-in sample clip: people who walk along a street, with the ground truth of their boxes. */
@NullMarked
package io.framequota.ingest.source.sample;

import org.jspecify.annotations.NullMarked;
