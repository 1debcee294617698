package io.framequota.inferenceserver.backend.opencv;

import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.media.opencv.OpenCv;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * Serves a detector as a model: it takes a grey picture and returns rows of x1, y1, x2, y2, score, class. The first run loads
 * OpenCV. There are as many detectors as there were concurrent runs at most.
 */
final class OpenCvModel implements Model {
    static final String INPUT = "image";
    static final String OUTPUT = "detections";
    private static final long COLUMNS = 6;

    /** Java's arrays and OpenCV's row lengths end here. A picture near this limit would take minutes anyway. */
    private static final long MOST_PIXELS = 1L << 28;

    private static final ModelSignature SIGNATURE = new ModelSignature(
            List.of(new TensorSpec(INPUT, DataType.TYPE_UINT8, List.of(-1L, -1L, 1L))),
            List.of(new TensorSpec(OUTPUT, DataType.TYPE_FP32, List.of(-1L, COLUMNS))));

    private final Supplier<Detector> factory;
    private final Queue<Detector> idle = new ConcurrentLinkedQueue<>();

    OpenCvModel(Supplier<Detector> factory) {
        this.factory = factory;
    }

    @Override
    public ModelSignature signature() {
        return SIGNATURE;
    }

    @Override
    public ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs) {
        long start = System.nanoTime();
        OpenCv.load();
        Detector pooled = idle.poll();
        Detector detector = pooled == null ? factory.get() : pooled;
        Mat picture = picture(inputs.getFirst());
        try {
            long ready = System.nanoTime();
            List<Detector.Found> found = picture == null ? List.of() : detector.detect(picture);
            long inferred = System.nanoTime();
            List<Tensor> values = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                values.add(rows(found));
            }
            return new ExecutionResult(values, ready - start, inferred - ready, System.nanoTime() - inferred);
        } catch (CvException e) {
            throw new RefusedException(
                    RefusedException.Kind.INTERNAL,
                    "OpenCV failed: " + String.valueOf(e.getMessage()).strip().replaceAll("\\S*/", ""));
        } finally {
            if (picture != null) {
                picture.release();
            }
            idle.add(detector);
            // A Mat has the address of its pixels but no reference to their buffer. This keeps the buffer alive
            // while OpenCV reads.
            Reference.reachabilityFence(inputs);
        }
    }

    private static @Nullable Mat picture(Tensor image) {
        long rows = image.shape().get(0);
        long columns = image.shape().get(1);
        if (rows == 0 || columns == 0) {
            return null;
        }
        if (rows > MOST_PIXELS / columns) {
            throw RefusedException.invalid("a picture of " + columns + "x" + rows + " pixels is too large");
        }
        return new Mat((int) rows, (int) columns, CvType.CV_8UC1, image.data().slice());
    }

    private static Tensor rows(List<Detector.Found> found) {
        ByteBuffer data = ByteBuffer.allocate((int) (found.size() * COLUMNS * Float.BYTES));
        data.order(ByteOrder.nativeOrder());
        for (Detector.Found f : found) {
            data.putFloat(f.x1()).putFloat(f.y1()).putFloat(f.x2()).putFloat(f.y2());
            data.putFloat(f.score()).putFloat(0);
        }
        return new Tensor(OUTPUT, DataType.TYPE_FP32, List.of((long) found.size(), COLUMNS), data.flip());
    }

    @Override
    public void close() {
        idle.clear();
    }
}
