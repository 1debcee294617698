/** Commits the results of chunks, and serves results in several formats. */
@NullMarked
package io.framequota.ingest.results;

import org.jspecify.annotations.NullMarked;
