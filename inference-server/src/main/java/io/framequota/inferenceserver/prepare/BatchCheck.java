package io.framequota.inferenceserver.prepare;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.backend.onnx.OnnxBackend;
import io.framequota.inferenceserver.graph.UnusableModelException;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Checks that a model with an open first dimension answers two pictures at once as it answers each of them. */
final class BatchCheck {
    private static final float TOLERANCE = 1e-3f;
    private static final int OPEN_SIDE = 64;

    private BatchCheck() {}

    /**
     * Runs both models on two random pictures.
     *
     * @param single the model for one picture
     * @param several the same model with an open first dimension
     * @throws UnusableModelException the answers differ, or it cannot be run with two pictures
     */
    static void require(Path single, Path several) throws UnusableModelException {
        OnnxBackend backend = new OnnxBackend(false);
        try (Model one = backend.open(ModelConfig.getDefaultInstance(), single).model();
                Model two =
                        backend.open(ModelConfig.getDefaultInstance(), several).model()) {
            TensorSpec input = one.signature().inputs().getFirst();
            if (one.signature().inputs().size() != 1
                    || input.type() != DataType.TYPE_FP32
                    || one.signature().outputs().stream().anyMatch(o -> o.type() != DataType.TYPE_FP32)) {
                throw new UnusableModelException("--batch supports models with one FP32 input and FP32 outputs only");
            }
            List<Long> shape = new ArrayList<>(input.shape());
            shape.replaceAll(dim -> dim < 0 ? (long) OPEN_SIDE : dim);
            shape.set(0, 1L);
            int elements = Math.toIntExact(Shapes.elements(shape));
            ByteBuffer pictures = random(2 * elements);
            int bytes = elements * ElementTypes.size(DataType.TYPE_FP32);
            List<Tensor> first = run(one, input.name(), shape, pictures.slice(0, bytes));
            List<Tensor> second = run(one, input.name(), shape, pictures.slice(bytes, bytes));
            shape.set(0, 2L);
            List<Tensor> both = run(two, input.name(), shape, pictures);
            for (int i = 0; i < both.size(); i++) {
                compare(first.get(i), second.get(i), both.get(i));
            }
        } catch (RefusedException e) {
            throw new UnusableModelException(
                    "the graph has a place that works with one picture only, so --batch cannot be used: " + e.reason());
        }
    }

    private static ByteBuffer random(int elements) {
        ByteBuffer data = ByteBuffer.allocateDirect(4 * elements).order(ByteOrder.nativeOrder());
        Random random = new Random(1);
        for (int i = 0; i < elements; i++) {
            data.putFloat(random.nextFloat());
        }
        return data.flip();
    }

    private static List<Tensor> run(Model model, String input, List<Long> shape, ByteBuffer data) {
        Tensor picture = new Tensor(input, DataType.TYPE_FP32, List.copyOf(shape), data);
        return model.run(
                        List.of(picture),
                        model.signature().outputs().stream()
                                .map(o -> new OutputRequest(o.name(), null))
                                .toList())
                .outputs();
    }

    private static void compare(Tensor first, Tensor second, Tensor both) throws UnusableModelException {
        ByteBuffer expected =
                ByteBuffer.allocate(first.data().remaining() + second.data().remaining());
        expected.put(first.data().duplicate()).put(second.data().duplicate()).flip();
        boolean same = expected.remaining() == both.data().remaining();
        var wanted = expected.order(ByteOrder.nativeOrder()).asFloatBuffer();
        var got = both.data().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (int i = 0; same && i < wanted.remaining(); i++) {
            float difference = Math.abs(wanted.get(i) - got.get(i));
            same = difference <= TOLERANCE * Math.max(1, Math.abs(wanted.get(i)));
        }
        if (!same) {
            throw new UnusableModelException("output '" + both.name()
                    + "' is another one when the graph gets two pictures at once, so --batch cannot be used");
        }
    }
}
