package io.framequota.inferenceserver.backend;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An output that is asked for.
 *
 * @param target direct memory of exactly the size that the model states for it, to compute it into where that is possible;
 *     null to hand it back
 */
public record OutputRequest(String name, @Nullable ByteBuffer target) {}
