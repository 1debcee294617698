package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/**
 * Reads models that suppress overlapping boxes themselves, and the built-in ones. Boxes are x1, y1, x2, y2 in pixels of the picture.
 *
 * <ul>
 *   <li>One output [1,N,6] or [N,6] with rows of box, score, class: YOLOv10, YOLO26, exports with {@code nms=True}, people, faces.
 *   <li>One output [N,7] with rows of picture, box, class, score: YOLOv7's end-to-end export.
 *   <li>Several outputs ({@link BoxLists}): torchvision, EfficientNMS.
 * </ul>
 */
final class EndToEndReader implements OutputReader {
    private static final int ROW = 6;
    private static final int ROW_WITH_PICTURE = 7;
    private final String kind;

    /** @param kind for messages: the format that was configured */
    EndToEndReader(String kind) {
        this.kind = kind;
    }

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        if (outputs.size() > 1) {
            BoxLists.of(outputs, kind).addTo(found, threshold, false, 1, 1);
            return;
        }
        OutputTensor rows = OutputReader.only(outputs, kind);
        int[] dims = rows.squeezed(2);
        boolean picture = dims[1] == ROW_WITH_PICTURE;
        if (!picture && dims[1] != ROW) {
            throw new IllegalArgumentException(
                    kind + " expects rows of 6 or 7 numbers, output " + rows.name() + " is " + rows.shape());
        }
        int box = picture ? 1 : 0;
        int score = picture ? 6 : 4;
        for (long at = 0; at < (long) dims[0] * dims[1]; at += dims[1]) {
            if (rows.at(at + score) >= threshold) {
                found.add(
                        (int) rows.at(at + 5),
                        rows.at(at + score),
                        rows.at(at + box),
                        rows.at(at + box + 1),
                        rows.at(at + box + 2),
                        rows.at(at + box + 3));
            }
        }
    }
}
