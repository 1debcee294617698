/** From pictures to a file. */
@NullMarked
package io.framequota.ingest.encode;

import org.jspecify.annotations.NullMarked;
