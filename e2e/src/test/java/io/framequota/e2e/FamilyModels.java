package io.framequota.e2e;

import com.google.protobuf.ByteString;
import io.framequota.inferenceserver.graph.onnx.GraphProto;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import io.framequota.inferenceserver.graph.onnx.NodeProto;
import io.framequota.inferenceserver.graph.onnx.OperatorSetIdProto;
import io.framequota.inferenceserver.graph.onnx.TensorProto;
import io.framequota.inferenceserver.graph.onnx.TensorShapeProto;
import io.framequota.inferenceserver.graph.onnx.TypeProto;
import io.framequota.inferenceserver.graph.onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ONNX models, one of each family of outputs, that answer every picture alike: in a picture of 64x64 there is one object of class 1
 * with the score 0.75, from (20, 20) to (40, 60). A classifier finds class 1 in the whole picture.
 */
final class FamilyModels {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int SIDE = 64;
    /** Cells of 8, 16 and 32 pixels. */
    private static final int CELLS = 64 + 16 + 4;

    private static final float X = 30;
    private static final float Y = 40;
    private static final float WIDTH = 20;
    private static final float HEIGHT = 40;
    private static final float SCORE = 0.75f;

    /** An output and what it always holds. */
    private record Output(String name, int type, long[] dims, byte[] data) {
        static Output floats(String name, float[] values, long... dims) {
            ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            data.asFloatBuffer().put(values);
            return new Output(name, FLOAT, dims, data.array());
        }

        static Output integers(String name, long[] values, long... dims) {
            ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            data.asLongBuffer().put(values);
            return new Output(name, INT64, dims, data.array());
        }
    }

    private FamilyModels() {}

    /** The models by the value of {@code framequota.postprocess} that each needs; after a colon, which form of outputs it has. */
    static Map<String, ModelProto> all() {
        Map<String, ModelProto> models = new LinkedHashMap<>();
        // The cell of 8x8 pixels in column 3, row 5 has the centre: 0.75 cells from its left, 0 from its top.
        models.put("yolox", model(Output.floats("output", row(7, CELLS, 5 * 8 + 3, yolox()), 1, CELLS, 7)));
        float[] decoded = {X, Y, WIDTH, HEIGHT, 1, 0.1f, SCORE};
        models.put("yolov5", model(Output.floats("output0", row(7, 3 * CELLS, 100, decoded), 1, 3 * CELLS, 7)));
        models.put("yolov8", model(Output.floats("output0", yolov8(), 1, 6, CELLS)));
        float[] corners = {X - WIDTH / 2, Y - HEIGHT / 2, X + WIDTH / 2, Y + HEIGHT / 2, SCORE, 1};
        models.put("end-to-end:rows", model(Output.floats("output0", row(6, 10, 0, corners), 1, 10, 6)));
        float[] box = Arrays.copyOf(corners, 4);
        models.put(
                "end-to-end:lists",
                model(
                        Output.floats("boxes", row(4, 3, 0, box), 3, 4),
                        Output.integers("labels", new long[] {1, 0, 0}, 3),
                        Output.floats("scores", new float[] {SCORE, 0.1f, 0.05f}, 3)));
        float[] ssd = {0, 1, SCORE, box[0] / SIDE, box[1] / SIDE, box[2] / SIDE, box[3] / SIDE};
        float[] rows = row(7, 5, 0, ssd);
        rows[7] = -1;
        models.put("ssd:rows", model(Output.floats("detection_out", rows, 1, 1, 5, 7)));
        float[] yFirst = {box[1] / SIDE, box[0] / SIDE, box[3] / SIDE, box[2] / SIDE};
        models.put(
                "ssd:lists",
                model(
                        Output.floats("detection_boxes", row(4, 3, 0, yFirst), 1, 3, 4),
                        Output.floats("detection_classes", new float[] {1, 0, 0}, 1, 3),
                        Output.floats("detection_scores", new float[] {SCORE, 0.1f, 0.05f}, 1, 3),
                        Output.floats("num_detections", new float[] {1}, 1)));
        float[] fractions = {X / SIDE, Y / SIDE, WIDTH / SIDE, HEIGHT / SIDE, 0.1f, SCORE, 0.2f};
        models.put("rt-detr:rows", model(Output.floats("output0", row(7, 20, 3, fractions), 1, 20, 7)));
        float[] logits = new float[20 * 3];
        Arrays.fill(logits, -6);
        logits[3 * 3 + 1] = (float) Math.log(SCORE / (1 - SCORE));
        models.put(
                "rt-detr:lists",
                model(
                        Output.floats("logits", logits, 1, 20, 3),
                        Output.floats("pred_boxes", row(4, 20, 3, Arrays.copyOf(fractions, 4)), 1, 20, 4)));
        // The softmax of log 6 among two zeros is 6 / 8.
        models.put("classifier", model(Output.floats("logits", new float[] {0, (float) Math.log(6), 0}, 1, 3)));
        return models;
    }

    private static float[] yolox() {
        return new float[] {
            X / 8 - 3, Y / 8 - 5, (float) Math.log(WIDTH / 8), (float) Math.log(HEIGHT / 8), 1, 0.1f, SCORE
        };
    }

    private static float[] yolov8() {
        float[] columns = {X, Y, WIDTH, HEIGHT, 0.1f, SCORE};
        float[] all = new float[columns.length * CELLS];
        for (int i = 0; i < columns.length; i++) {
            all[i * CELLS + 50] = columns[i];
        }
        return all;
    }

    /** Zeros with one row. */
    private static float[] row(int columns, int rows, int at, float[] row) {
        float[] all = new float[columns * rows];
        System.arraycopy(row, 0, all, at * columns, columns);
        return all;
    }

    private static ModelProto model(Output... outputs) {
        GraphProto.Builder graph =
                GraphProto.newBuilder().setName("test").addInput(value("images", FLOAT, 1, 3, SIDE, SIDE));
        for (Output output : outputs) {
            String constant = output.name() + "_always";
            TensorProto.Builder tensor = TensorProto.newBuilder()
                    .setName(constant)
                    .setDataType(output.type())
                    .setRawData(ByteString.copyFrom(output.data()));
            Arrays.stream(output.dims()).forEach(tensor::addDims);
            graph.addInitializer(tensor)
                    .addNode(NodeProto.newBuilder()
                            .setOpType("Identity")
                            .setName("make " + output.name())
                            .addInput(constant)
                            .addOutput(output.name()))
                    .addOutput(value(output.name(), output.type(), output.dims()));
        }
        return ModelProto.newBuilder()
                .setIrVersion(7)
                .setProducerName("framequota")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .setGraph(graph)
                .build();
    }

    private static ValueInfoProto value(String name, int type, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        Arrays.stream(dims)
                .forEach(dim ->
                        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }
}
