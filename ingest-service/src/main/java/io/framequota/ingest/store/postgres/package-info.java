/** The authority's tables. */
@NullMarked
package io.framequota.ingest.store.postgres;

import org.jspecify.annotations.NullMarked;
