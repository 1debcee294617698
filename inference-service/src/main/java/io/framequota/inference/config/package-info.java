/** What a worker is told by its environment. */
@NullMarked
package io.framequota.inference.config;

import org.jspecify.annotations.NullMarked;
