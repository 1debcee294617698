package io.framequota.inferenceserver.backend;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An output that is asked for.
 *
 * @param target direct memory to write it to, null to hand it back. It may be larger than the output
 */
public record OutputRequest(String name, @Nullable ByteBuffer target) {}
