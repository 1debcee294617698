package io.framequota.inferenceserver.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX Runtime session. It reads inputs in place and computes outputs of known size directly into their target. */
final class OnnxModel implements Model {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ModelSignature signature;
    private final Map<String, TensorSpec> outputs = new LinkedHashMap<>();

    OnnxModel(OrtEnvironment environment, OrtSession session) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.signature = new ModelSignature(
                session.getInputInfo().values().stream().map(OnnxTypes::spec).toList(),
                session.getOutputInfo().values().stream().map(OnnxTypes::spec).toList());
        signature.outputs().forEach(output -> outputs.put(output.name(), output));
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public ExecutionResult run(List<Tensor> inputs, List<OutputRequest> wanted) {
        long start = System.nanoTime();
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
        try {
            for (Tensor input : inputs) {
                feeds.put(input.name(), onMemory(input.data(), input));
            }
            Set<String> others = new HashSet<>();
            for (OutputRequest output : wanted) {
                if (!pin(output, pinned)) {
                    others.add(output.name());
                }
            }
            long ready = System.nanoTime();
            try (OrtSession.Result result = session.run(feeds, others, pinned)) {
                long inferred = System.nanoTime();
                List<Tensor> values = new ArrayList<>(wanted.size());
                for (OutputRequest output : wanted) {
                    values.add(take(output, pinned.containsKey(output.name()), result));
                }
                return new ExecutionResult(values, ready - start, inferred - ready, System.nanoTime() - inferred);
            }
        } catch (OrtException e) {
            throw new RefusedException(
                    RefusedException.Kind.INTERNAL, "the model failed on this request: " + OnnxBackend.oneLine(e));
        } finally {
            feeds.values().forEach(OnnxTensor::close);
            pinned.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor onMemory(ByteBuffer data, Tensor like) throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                data.slice().order(ByteOrder.nativeOrder()),
                Shapes.array(like.shape()),
                OnnxTypes.toOnnx(like.type()));
    }

    private boolean pin(OutputRequest output, Map<String, OnnxTensor> pinned) throws OrtException {
        ByteBuffer target = output.target();
        TensorSpec spec = spec(output.name());
        // A model for smaller pictures has open output shapes: its outputs may be smaller than the target.
        if (target == null || !Shapes.closed(spec.shape())) {
            return false;
        }
        pinned.put(output.name(), onMemory(target, new Tensor(spec.name(), spec.type(), spec.shape(), target)));
        return true;
    }

    private Tensor take(OutputRequest output, boolean inPlace, OrtSession.Result result) {
        TensorSpec spec = spec(output.name());
        ByteBuffer target = output.target();
        if (inPlace && target != null) {
            return new Tensor(spec.name(), spec.type(), spec.shape(), target);
        }
        OnnxTensor value = (OnnxTensor) result.get(output.name()).orElseThrow();
        TensorInfo info = value.getInfo();
        List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
        return new Tensor(spec.name(), spec.type(), shape, value.getByteBuffer());
    }

    private TensorSpec spec(String output) {
        TensorSpec spec = outputs.get(output);
        if (spec == null) {
            throw new IllegalArgumentException("the model has no output " + output);
        }
        return spec;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("cannot close a session: " + e.getMessage(), e);
        }
    }
}
