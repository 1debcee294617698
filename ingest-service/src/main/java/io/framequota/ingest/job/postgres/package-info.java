/** The authority's tables. */
@NullMarked
package io.framequota.ingest.job.postgres;

import org.jspecify.annotations.NullMarked;
