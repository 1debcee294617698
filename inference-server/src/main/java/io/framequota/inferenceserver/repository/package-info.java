/** Which models there are, and in which state. */
@NullMarked
package io.framequota.inferenceserver.repository;

import org.jspecify.annotations.NullMarked;
