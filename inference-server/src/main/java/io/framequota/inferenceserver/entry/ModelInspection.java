package io.framequota.inferenceserver.entry;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.backend.onnx.OnnxBackend;
import io.framequota.inferenceserver.graph.OnnxFile;
import io.framequota.inferenceserver.graph.UnusableModelException;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What an ONNX file is: ONNX Runtime has loaded it and run it once, with a grey picture.
 *
 * @param size of the file in bytes
 * @param signature as ONNX Runtime infers it
 * @param picture the only input as a picture, with the size that was asked for; empty when workers cannot use the model
 * @param family empty when the outputs are not recognized
 * @param labels class names; empty when none are known
 * @param labelSource where the labels come from
 */
record ModelInspection(
        Path file,
        long size,
        OnnxFile onnx,
        ModelSignature signature,
        Optional<PictureShape> picture,
        Optional<FamilyGuess> family,
        List<String> labels,
        String labelSource) {
    /** How the entry of {@link #missing} about outputs begins. */
    static final String OUTPUTS = "how to read the outputs: ";

    /** How the entry of {@link #missing} about labels begins. */
    static final String LABELS = "class names: ";

    private static final int COCO_CLASSES = 80;
    /** The picture of the test run when the model takes any size and none was asked for. */
    private static final PictureSize TEST_SIZE = new PictureSize(640, 640);
    /** Grey in the middle of the range 0-1; also a dark picture in 0-255. */
    private static final float GREY = 0.5f;

    /**
     * Looks at a file.
     *
     * @param size for a model that takes pictures of any size
     * @throws UnusableModelException ONNX Runtime cannot load it, or it has a picture size of its own that is another one; the
     *     message does not name the file
     */
    static ModelInspection of(Path file, Optional<PictureSize> size) throws UnusableModelException {
        OnnxFile onnx = OnnxFile.read(file);
        try (Model model = open(file)) {
            ModelSignature signature = model.signature();
            Optional<PictureShape> picture = signature.inputs().size() == 1
                    ? PictureShape.of(signature.inputs().getFirst())
                    : Optional.empty();
            if (size.isPresent() && picture.isPresent()) {
                picture = Optional.of(sized(picture.get(), size.get()));
            }
            Optional<FamilyGuess> family = picture.flatMap(p -> guess(model, p));
            List<String> own = onnx.classNames();
            boolean coco = own.isEmpty()
                    && family.filter(f -> f.classes() == COCO_CLASSES && f.family() != OutputFamily.CLASSIFIER)
                            .isPresent();
            return new ModelInspection(
                    file,
                    Files.size(file),
                    onnx,
                    signature,
                    picture,
                    family,
                    coco ? coco() : own,
                    coco ? "COCO's, as the number of classes suggests" : "from the file's metadata");
        } catch (RefusedException e) {
            throw new UnusableModelException(e.reason());
        } catch (IOException e) {
            throw new UnusableModelException("cannot be read: " + e.getMessage());
        }
    }

    private static Model open(Path file) {
        return new OnnxBackend(false)
                .open(ModelConfig.getDefaultInstance(), file)
                .model();
    }

    private static PictureShape sized(PictureShape picture, PictureSize size) throws UnusableModelException {
        if ((picture.height() != 0 && picture.height() != size.height())
                || (picture.width() != 0 && picture.width() != size.width())) {
            throw new UnusableModelException("--size " + size + ": the model takes pictures of "
                    + new PictureSize(picture.width(), picture.height()) + " only; omit the option");
        }
        return picture.sized(size);
    }

    /** Runs the model once. One that fails on a grey picture is described without a family. */
    private static Optional<FamilyGuess> guess(Model model, PictureShape picture) {
        PictureShape sized = picture.anySize() ? picture.sized(TEST_SIZE) : picture;
        try {
            List<Tensor> outputs = model.run(
                            List.of(grey(sized)),
                            model.signature().outputs().stream()
                                    .map(o -> new OutputRequest(o.name(), null))
                                    .toList())
                    .outputs();
            return FamilyGuess.of(outputs, sized.width(), sized.height());
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    private static Tensor grey(PictureShape picture) {
        List<Long> shape = picture.dims(1);
        DataType type = picture.input().type();
        int elements = Math.toIntExact(Shapes.elements(shape));
        ByteBuffer data =
                ByteBuffer.allocateDirect(elements * ElementTypes.size(type)).order(ByteOrder.nativeOrder());
        for (int i = 0; i < elements; i++) {
            switch (type) {
                case TYPE_FP32 -> data.putFloat(GREY);
                case TYPE_FP16 -> data.putShort(Float.floatToFloat16(GREY));
                default -> data.put((byte) 114);
            }
        }
        return new Tensor(picture.input().name(), type, shape, data.flip());
    }

    private static List<String> coco() {
        try (BufferedReader names = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ModelInspection.class.getResourceAsStream("coco.txt")),
                StandardCharsets.UTF_8))) {
            return names.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The description for people, line by line. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String producer = onnx.producer().isEmpty() ? "" : ", written by " + onnx.producer();
        lines.add(String.format(Locale.ROOT, "%s: %,d bytes%s", file.getFileName(), size, producer));
        if (!onnx.externalFiles().isEmpty()) {
            lines.add("weights in    " + String.join(", ", onnx.externalFiles()));
        }
        signature.inputs().forEach(i -> lines.add("input         " + tensor(i)));
        signature.outputs().forEach(o -> lines.add("output        " + tensor(o)));
        family.ifPresent(f -> lines.add("postprocess   " + f.family().text() + ": " + f.reason()));
        preprocess().ifPresent(p -> lines.add("preprocess    " + p + ", as is usual for this family"));
        if (!labels.isEmpty()) {
            lines.add("labels        " + labels.size() + ", " + labelSource + ": " + labels.getFirst() + ", ..., "
                    + labels.getLast());
        }
        missing().forEach(m -> lines.add("missing       " + m));
        return lines;
    }

    /** How its picture is usually made; empty when the family is not known. */
    Optional<String> preprocess() {
        if (family.isEmpty() || picture.isEmpty()) {
            return Optional.empty();
        }
        String usual = family.get().family().preprocess();
        if (picture.get().input().type() == DataType.TYPE_UINT8) {
            usual = usual.substring(0, usual.lastIndexOf(',')) + ",0-255";
        }
        if (picture.get().channels() == 1) {
            String[] parts = usual.split(",");
            usual = parts[0] + ",gray," + (parts[2].equals("imagenet") ? "0-1" : parts[2]);
        }
        return Optional.of(usual);
    }

    /** What the file does not tell, each with what to do about it. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (picture.isEmpty()) {
            missing.add(
                    "which of its inputs is the picture: workers give a model one input of UINT8, FP16 or FP32 with the"
                            + " shape [1,3,H,W] or [1,H,W,3]; export the model in that form");
            return missing;
        }
        if (family.isEmpty()) {
            missing.add(OUTPUTS + "add --postprocess NAME (" + OutputFamily.all()
                    + ") and --preprocess FIT,COLOUR,RANGE to fq model add");
        }
        if (picture.get().anySize()) {
            missing.add(
                    "the size of pictures, which the model leaves open: add --size WIDTHxHEIGHT to fq model add, as in"
                            + " --size " + TEST_SIZE);
        }
        if (labels.isEmpty()) {
            missing.add(LABELS
                    + "add --labels FILE to fq model add, a text file with a name on each line; without it results have"
                    + " numbers");
        }
        return missing;
    }

    private static String tensor(TensorSpec spec) {
        return spec.name() + " " + ElementTypes.name(spec.type()) + " " + Shapes.text(spec.shape());
    }
}
