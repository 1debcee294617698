/** Settings of the job half, and where time and randomness come in. */
@NullMarked
package io.framequota.ingest.config;

import org.jspecify.annotations.NullMarked;
