/** Settings, and the beans that depend on the environment: the clock, randomness and threads. */
@NullMarked
package io.framequota.ingest.config;

import org.jspecify.annotations.NullMarked;
