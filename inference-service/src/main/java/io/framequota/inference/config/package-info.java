/** The settings of a worker. */
@NullMarked
package io.framequota.inference.config;

import org.jspecify.annotations.NullMarked;
