/** The REST API of ingest-service, as a client sees it. */
@NullMarked
package io.framequota.client;

import org.jspecify.annotations.NullMarked;
