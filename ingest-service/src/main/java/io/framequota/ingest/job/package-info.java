/** Jobs: their states, their ledger, and the passes that decode them. */
@NullMarked
package io.framequota.ingest.job;

import org.jspecify.annotations.NullMarked;
