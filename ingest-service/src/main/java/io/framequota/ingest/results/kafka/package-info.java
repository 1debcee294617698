/** Consumes results of chunks. */
@NullMarked
package io.framequota.ingest.results.kafka;

import org.jspecify.annotations.NullMarked;
