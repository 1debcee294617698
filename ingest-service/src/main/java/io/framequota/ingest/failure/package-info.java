/** Failures as clients read them. */
@NullMarked
package io.framequota.ingest.failure;

import org.jspecify.annotations.NullMarked;
