package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.DataType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A value of a tensor.
 *
 * @param shape without open dimensions
 * @param data its elements, row by row in native byte order, from position to limit. An input's is direct and valid until
 *     the run returns; an output's belongs to the receiver, or is the target it was asked for in
 */
public record Tensor(String name, DataType type, List<Long> shape, ByteBuffer data) {}
