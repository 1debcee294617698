/** The three stages of a job inside this service: its source is fetched, probed and decoded. The database is the queue of each. */
@NullMarked
package io.framequota.ingest.job.queue;

import org.jspecify.annotations.NullMarked;
