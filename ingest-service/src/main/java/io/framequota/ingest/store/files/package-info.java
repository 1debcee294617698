/** Files of the storage folder, and the disk space that they may take. */
@NullMarked
package io.framequota.ingest.store.files;

import org.jspecify.annotations.NullMarked;
