/** A job as the database holds it: what was asked for, its state and its progress. */
@NullMarked
package io.framequota.ingest.job;

import org.jspecify.annotations.NullMarked;
