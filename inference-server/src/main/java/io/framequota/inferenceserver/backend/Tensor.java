package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.DataType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor with its data.
 *
 * @param shape without open dimensions
 * @param data elements in row-major order and native byte order, from position to limit. The data of an input is in direct
 *     memory and valid until the run returns. The data of an output belongs to the receiver, or is the target of the request
 */
public record Tensor(String name, DataType type, List<Long> shape, ByteBuffer data) {}
