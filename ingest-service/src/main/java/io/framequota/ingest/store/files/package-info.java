/** How much of the disk sources may take. */
@NullMarked
package io.framequota.ingest.store.files;

import org.jspecify.annotations.NullMarked;
