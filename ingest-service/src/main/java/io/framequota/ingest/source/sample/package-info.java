/** The sample that the project draws itself: a street with walkers, and the truth about where they are. */
@NullMarked
package io.framequota.ingest.source.sample;

import org.jspecify.annotations.NullMarked;
