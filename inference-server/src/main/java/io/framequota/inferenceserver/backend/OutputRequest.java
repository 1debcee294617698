package io.framequota.inferenceserver.backend;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A wanted output.
 *
 * @param target direct memory with exactly the size that the model declares, into which the output is computed where possible;
 *     null to get the output back
 */
public record OutputRequest(String name, @Nullable ByteBuffer target) {}
