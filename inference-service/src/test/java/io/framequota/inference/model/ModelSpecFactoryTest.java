package io.framequota.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.ModelCard;
import io.framequota.inference.model.PictureInput.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSpecFactoryTest {
    private static final ModelTensor IMAGES = new ModelTensor("images", DataType.FP32, List.of(1L, 3L, 416L, 320L));
    private static final ModelTensor ROWS = new ModelTensor("output", DataType.FP32, List.of(1L, 3549L, 85L));

    @TempDir
    Path repository;

    @Test
    void hasDefaultsForMissingParameters() {
        ModelSpec spec = specs().of(describe(IMAGES, ROWS, Map.of(), null));

        assertThat(spec.outputFormat()).isEqualTo(OutputFormat.YOLOX);
        assertThat(spec.preprocessing()).isEqualTo(Preprocessing.parse("letterbox,bgr,0-255"));
        assertThat(spec.scoreThreshold()).isEqualTo(0.3f);
        assertThat(spec.nmsIou()).isEqualTo(0.45f);
        assertThat(spec.input().layout()).isEqualTo(Layout.CHW);
        assertThat(ModelCards.of(spec))
                .isEqualTo(ModelCard.newBuilder()
                        .setName("m")
                        .setWidth(320)
                        .setHeight(416)
                        .setFit(ModelCard.Fit.LETTERBOX)
                        .setColour(ModelCard.Colour.BGR)
                        .setPostprocess("yolox")
                        .build());
    }

    @Test
    void supportsHalfFloatPicturesAndBoxes() {
        ModelSpec spec = specs().of(describe(
                new ModelTensor("images", DataType.FP16, List.of(1L, 3L, 416L, 416L)),
                new ModelTensor("output", DataType.FP16, List.of(1L, 3549L, 85L)),
                Map.of(),
                null));

        assertThat(spec.outputFormat()).isEqualTo(OutputFormat.YOLOX);
        assertThat(spec.input().bytes(416, 416)).isEqualTo(2L * 3 * 416 * 416);
    }

    @Test
    void labelFileMayHaveAByteOrderMarkButNoOtherEncoding() throws IOException {
        Path labels = Files.createDirectories(repository.resolve("m")).resolve("labels.txt");
        Files.writeString(labels, "\uFEFFperson\r\nbike\r\n");
        assertThat(specs().of(describe(IMAGES, ROWS, Map.of(), "labels.txt")).labels())
                .containsExactly("person", "bike");

        Files.write(labels, new byte[] {'p', '\n', (byte) 0xe9, '\n'});
        assertThatThrownBy(() -> specs().of(describe(IMAGES, ROWS, Map.of(), "labels.txt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("labels.txt, line 2: the byte 0xE9 is not UTF-8");
    }

    @Test
    void unknownOutputIsRaw() {
        ModelTensor other = new ModelTensor("output", DataType.FP32, List.of(1L, 1000L));

        assertThat(specs().of(describe(IMAGES, other, Map.of(), null)).outputFormat())
                .isEqualTo(OutputFormat.RAW);
    }

    @Test
    void modelsThatSuppressThemselvesAreNotSuppressedAgain() {
        ModelSpec spec = specs().of(describe(IMAGES, ROWS, Map.of("framequota.postprocess", "end-to-end"), null));

        assertThat(spec.outputFormat()).isEqualTo(OutputFormat.END_TO_END);
        assertThat(spec.nmsIou()).isEqualTo(1);
        assertThat(specs().of(describe(IMAGES, ROWS, Map.of("framequota.postprocess", "yolov8"), null))
                        .nmsIou())
                .isEqualTo(0.45f);
    }

    @Test
    void anUnknownFormatIsRefusedWithAllThatThereAre() {
        assertThatThrownBy(() -> specs().of(describe(IMAGES, ROWS, Map.of("framequota.postprocess", "yolov4"), null)))
                .hasMessage("framequota.postprocess is 'yolov4', not yolox, yolov5, yolov8, end-to-end, ssd, rt-detr,"
                        + " classifier, hog, cascade or raw");
    }

    @Test
    void readsParameters() {
        ModelSpec spec = specs().of(describe(
                new ModelTensor("image", DataType.UINT8, List.of(-1L, -1L, 3L)),
                new ModelTensor("detections", DataType.FP32, List.of(-1L, 6L)),
                Map.of(
                        "framequota.preprocess", "native, rgb, 0-1",
                        "framequota.postprocess", "hog",
                        "framequota.score_threshold", "0.5",
                        "framequota.nms_iou", "0.2",
                        "framequota.labels", "person, dog",
                        "framequota.max_side", "640"),
                null));

        assertThat(spec.labels()).containsExactly("person", "dog");
        assertThat(spec.scoreThreshold()).isEqualTo(0.5f);
        assertThat(spec.nmsIou()).isEqualTo(0.2f);
        assertThat(ModelCards.of(spec)).satisfies(card -> {
            assertThat(card.getWidth()).isZero();
            assertThat(card.getFit()).isEqualTo(ModelCard.Fit.NATIVE);
            assertThat(card.getColour()).isEqualTo(ModelCard.Colour.RGB);
            assertThat(card.getMaxSide()).isEqualTo(640);
        });
    }

    @Test
    void onlyLetterboxedPicturesMayBeSmaller() {
        assertThat(specs().of(describe(IMAGES, ROWS, Map.of("framequota.smaller_pictures", "32"), null))
                        .input()
                        .multiple())
                .isEqualTo(32);
        assertThat(specs().of(describe(
                                IMAGES,
                                ROWS,
                                Map.of(
                                        "framequota.smaller_pictures", "32",
                                        "framequota.preprocess", "stretch,bgr,0-255"),
                                null))
                        .input()
                        .multiple())
                .isZero();
    }

    @Test
    void labelFileWinsOverTheParameter() throws IOException {
        Files.createDirectories(repository.resolve("m"));
        Files.writeString(repository.resolve("m/names.txt"), "cat\ntraffic light\n");

        ModelSpec spec = specs().of(describe(IMAGES, ROWS, Map.of("framequota.labels", "other"), "names.txt"));

        assertThat(spec.labels()).containsExactly("cat", "traffic light");
    }

    @Test
    void usesTheParameterWhenTheLabelFileIsMissing() {
        assertThat(specs().of(describe(IMAGES, ROWS, Map.of("framequota.labels", "other"), "names.txt"))
                        .labels())
                .containsExactly("other");
    }

    @Test
    void doesNotReadALabelFileOutsideTheModelsFolder() throws IOException {
        Files.writeString(repository.resolve("secret.txt"), "cat\n");
        Files.createDirectories(repository.resolve("m"));

        assertThat(specs().of(describe(IMAGES, ROWS, Map.of(), "../secret.txt")).labels())
                .isEmpty();
    }

    @Test
    void refusesInputsThatAreNotPictures() {
        ModelTensor text = new ModelTensor("text", DataType.INT64, List.of(1L, 128L));

        assertThatThrownBy(() -> specs().of(describe(text, ROWS, Map.of(), null)))
                .hasMessage("input text is INT64 [1, 128], not a picture of UINT8, FP16 or FP32 in [3,H,W] or [H,W,3]");
        assertThatThrownBy(() ->
                        specs().of(describe(IMAGES, ROWS, Map.of("framequota.preprocess", "squeeze,bgr,0-255"), null)))
                .hasMessage("framequota.preprocess has 'squeeze' where letterbox, stretch or native belongs");
        assertThatThrownBy(() -> specs().of(describe(IMAGES, ROWS, Map.of("framequota.nms_iou", "half"), null)))
                .hasMessage("framequota.nms_iou is 'half', not a number");
    }

    private ModelSpecFactory specs() {
        return new ModelSpecFactory(new LabelFiles(repository));
    }

    private static ModelDescription describe(
            ModelTensor input, ModelTensor output, Map<String, String> parameters, @Nullable String labelFile) {
        return new ModelDescription("m", List.of(input), List.of(output), parameters, labelFile, 1);
    }
}
