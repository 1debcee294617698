/** The REST API of ingest-service, as a client sees it. */
@NullMarked
package io.framequota.cli.client;

import org.jspecify.annotations.NullMarked;
