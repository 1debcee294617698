/** How much of the disk sources may take. */
@NullMarked
package io.framequota.ingest.storage;

import org.jspecify.annotations.NullMarked;
