/** What the scheduler asks the authority for, over gRPC. */
@NullMarked
package io.framequota.ingest.authority;

import org.jspecify.annotations.NullMarked;
