/** Worker reports from Kafka. */
@NullMarked
package io.framequota.ingest.report.kafka;

import org.jspecify.annotations.NullMarked;
