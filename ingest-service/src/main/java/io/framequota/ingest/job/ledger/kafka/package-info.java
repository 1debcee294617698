/** Job events on their way to the scheduler through Kafka. */
@NullMarked
package io.framequota.ingest.job.ledger.kafka;

import org.jspecify.annotations.NullMarked;
