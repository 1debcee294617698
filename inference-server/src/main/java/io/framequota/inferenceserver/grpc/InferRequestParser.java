package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.InferTensorContents;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferRequest.InferRequestedOutputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.memory.RegionLease;
import io.framequota.inferenceserver.memory.RegisteredRegions;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.refusal.RefusedException.Kind;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks ModelInfer requests against their model and locates their data. */
final class InferRequestParser {
    // Triton's parameters for a tensor in shared memory.
    private static final String REGION = "shared_memory_region";
    private static final String BYTE_SIZE = "shared_memory_byte_size";
    private static final String OFFSET = "shared_memory_offset";

    /** Triton's parameter of a request. */
    private static final String PRIORITY = "priority";

    private final RegisteredRegions memory;

    InferRequestParser(RegisteredRegions memory) {
        this.memory = memory;
    }

    /**
     * A request that can be queued. It owns the memory that it borrowed.
     *
     * @throws RefusedException when the request contradicts the model; nothing is borrowed then
     */
    AcceptedRequest check(
            LoadedModel model, ModelInferRequest request, ServerCallStreamObserver<ModelInferResponse> call) {
        List<RegionLease> leases = new ArrayList<>();
        try {
            InputValidator.names(model, request.getInputsList());
            List<AcceptedRequest.Input> inputs = inputs(model, request, leases);
            List<AcceptedRequest.Output> outputs = outputs(model, request, leases);
            long batch = InputValidator.batch(model, request.getInputsList());
            return new AcceptedRequest(model, request.getId(), call, priority(request), batch, inputs, outputs, leases);
        } catch (RefusedException e) {
            leases.forEach(RegionLease::close);
            String id = request.getId().isEmpty() ? "<id_unknown>" : request.getId();
            throw new RefusedException(e.kind(), "[request id: " + id + "] " + e.reason());
        }
    }

    private List<AcceptedRequest.Input> inputs(LoadedModel model, ModelInferRequest request, List<RegionLease> leases) {
        List<AcceptedRequest.Input> inputs = new ArrayList<>();
        Iterator<ByteString> raw = request.getRawInputContentsList().iterator();
        for (InferInputTensor tensor : request.getInputsList()) {
            TensorSpec spec = model.inputs().get(tensor.getName());
            if (spec == null) {
                throw new IllegalStateException("input " + tensor.getName() + " was not checked");
            }
            long expected = InputValidator.byteSize(model, spec, tensor.getDatatype(), tensor.getShapeList());
            TensorPayload payload = payload(model, spec, tensor, raw, leases, request.getRawInputContentsCount() > 0);
            if (payload.byteSize() != expected) {
                throw RefusedException.invalid("input byte size mismatch for input '" + spec.name() + "' for model '"
                        + model.name() + "': expected " + expected + ", got " + payload.byteSize());
            }
            inputs.add(new AcceptedRequest.Input(spec, List.copyOf(tensor.getShapeList()), payload));
        }
        return inputs;
    }

    private TensorPayload payload(
            LoadedModel model,
            TensorSpec spec,
            InferInputTensor tensor,
            Iterator<ByteString> raw,
            List<RegionLease> leases,
            boolean anyRaw) {
        RegionLease lease = lease(spec.name(), tensor.getParametersMap());
        if (lease != null) {
            leases.add(lease);
            return new TensorPayload.Shared(lease);
        }
        if (tensor.hasContents()) {
            if (anyRaw) {
                throw RefusedException.invalid("input '" + spec.name() + "' for model '" + model.name()
                        + "' has typed contents although the request has raw_input_contents; send one of them");
            }
            InferTensorContents contents = tensor.getContents();
            long bytes = (long) TypedContents.count(spec.type(), contents) * ElementTypes.size(spec.type());
            return new TensorPayload.Typed(spec.type(), contents, bytes);
        }
        if (!raw.hasNext()) {
            throw RefusedException.invalid(
                    "there is no data for input '" + spec.name() + "' for model '" + model.name() + "'");
        }
        return new TensorPayload.Raw(raw.next());
    }

    private List<AcceptedRequest.Output> outputs(
            LoadedModel model, ModelInferRequest request, List<RegionLease> leases) {
        Map<String, AcceptedRequest.Output> wanted = new LinkedHashMap<>();
        for (InferRequestedOutputTensor tensor : request.getOutputsList()) {
            String name = tensor.getName();
            TensorSpec spec = model.outputs().get(name);
            if (spec == null) {
                throw RefusedException.invalid(
                        "unexpected inference output '" + name + "' for model '" + model.name() + "'");
            }
            if (tensor.containsParameters("classification")) {
                throw new RefusedException(
                        Kind.UNIMPLEMENTED,
                        "the embedded server does not support the classification extension; use Triton");
            }
            @Nullable RegionLease lease = lease(name, tensor.getParametersMap());
            if (lease != null) {
                leases.add(lease);
            }
            wanted.putIfAbsent(name, new AcceptedRequest.Output(spec, lease));
        }
        if (wanted.isEmpty()) {
            model.outputs().forEach((name, spec) -> wanted.put(name, new AcceptedRequest.Output(spec, null)));
        }
        return List.copyOf(wanted.values());
    }

    /** Borrows the memory that the parameters name; null when they name none. */
    private @Nullable RegionLease lease(String tensor, Map<String, InferParameter> parameters) {
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

    /** 0 for none. */
    private static long priority(ModelInferRequest request) {
        InferParameter priority = request.getParametersMap().get(PRIORITY);
        if (priority == null) {
            return 0;
        }
        return switch (priority.getParameterChoiceCase()) {
            case INT64_PARAM -> Math.max(0, priority.getInt64Param());
            case UINT64_PARAM -> Math.max(0, priority.getUint64Param());
            default -> throw RefusedException.invalid("parameter '" + PRIORITY + "' must be an integer");
        };
    }

    private static long integer(String name, String tensor, InferParameter parameter) {
        return switch (parameter.getParameterChoiceCase()) {
            case INT64_PARAM -> parameter.getInt64Param();
            case UINT64_PARAM -> parameter.getUint64Param();
            default -> throw RefusedException.invalid("'" + name + "' of tensor '" + tensor + "' must be an integer");
        };
    }
}
