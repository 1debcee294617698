/** Stores for jobs, chunks, models and leadership. */
@NullMarked
package io.framequota.ingest.store;

import org.jspecify.annotations.NullMarked;
