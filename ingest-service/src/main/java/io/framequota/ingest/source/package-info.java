/** Provides sources as local files: uploads, the built-in sample clip, files fetched over HTTP. */
@NullMarked
package io.framequota.ingest.source;

import org.jspecify.annotations.NullMarked;
