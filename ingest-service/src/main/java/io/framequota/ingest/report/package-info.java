/** What workers and the leading scheduler last reported. */
@NullMarked
package io.framequota.ingest.report;

import org.jspecify.annotations.NullMarked;
