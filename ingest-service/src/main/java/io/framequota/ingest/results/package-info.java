/** Results: committing members, reading them back, and their other formats. */
@NullMarked
package io.framequota.ingest.results;

import org.jspecify.annotations.NullMarked;
