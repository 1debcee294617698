/** The models and their states. */
@NullMarked
package io.framequota.inferenceserver.repository;

import org.jspecify.annotations.NullMarked;
