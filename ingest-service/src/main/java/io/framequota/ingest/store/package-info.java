/** The database's interfaces, and how long what is stored is kept. */
@NullMarked
package io.framequota.ingest.store;

import org.jspecify.annotations.NullMarked;
