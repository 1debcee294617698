/** The one place where jobs change: the database first, then the scheduler, watchers and buffers that follow from the change. */
@NullMarked
package io.framequota.ingest.job.ledger;

import org.jspecify.annotations.NullMarked;
