/** Facts out, worker reports in. */
@NullMarked
package io.framequota.ingest.job.kafka;

import org.jspecify.annotations.NullMarked;
