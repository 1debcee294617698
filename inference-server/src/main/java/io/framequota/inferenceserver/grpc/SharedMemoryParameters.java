package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.InferParameter;
import io.framequota.inferenceserver.memory.RegionLease;
import io.framequota.inferenceserver.memory.RegisteredRegions;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Triton's parameters for a tensor in shared memory. */
final class SharedMemoryParameters {
    private static final String REGION = "shared_memory_region";
    private static final String BYTE_SIZE = "shared_memory_byte_size";
    private static final String OFFSET = "shared_memory_offset";

    private SharedMemoryParameters() {}

    /** Borrows the memory that the parameters name; null when they name none. */
    static @Nullable RegionLease lease(
            String tensor, Map<String, InferParameter> parameters, RegisteredRegions memory) {
        InferParameter region = parameters.get(REGION);
        if (region == null) {
            return null;
        }
        InferParameter size = parameters.get(BYTE_SIZE);
        if (!region.hasStringParam()) {
            throw RefusedException.invalid("'" + REGION + "' of tensor '" + tensor + "' must be a string");
        }
        if (size == null) {
            throw RefusedException.invalid(
                    "'" + BYTE_SIZE + "' must be given with '" + REGION + "' for tensor '" + tensor + "'");
        }
        InferParameter offset = parameters.get(OFFSET);
        return memory.lease(
                region.getStringParam(),
                offset == null ? 0 : integer(OFFSET, tensor, offset),
                integer(BYTE_SIZE, tensor, size));
    }

    private static long integer(String name, String tensor, InferParameter parameter) {
        return switch (parameter.getParameterChoiceCase()) {
            case INT64_PARAM -> parameter.getInt64Param();
            case UINT64_PARAM -> parameter.getUint64Param();
            default -> throw RefusedException.invalid("'" + name + "' of tensor '" + tensor + "' must be an integer");
        };
    }
}
