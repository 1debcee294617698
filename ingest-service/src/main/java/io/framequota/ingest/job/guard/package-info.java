/** What a source does to this process when it is read: marks that outlive a crash. */
@NullMarked
package io.framequota.ingest.job.guard;

import org.jspecify.annotations.NullMarked;
