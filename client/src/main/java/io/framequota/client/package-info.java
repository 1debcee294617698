/** A client of ingest-service's REST API. */
@NullMarked
package io.framequota.client;

import org.jspecify.annotations.NullMarked;
