package io.framequota.analysis.format;

import static io.framequota.analysis.format.ResultExport.number;

import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;

/**
 * KITTI's labels, which are those of the left colour camera: of a drive only its lines are written, with its own frame numbers.
 * {@code frame track type truncated occluded alpha left top right bottom height width length x y z rotation score}.
 */
final class KittiRows implements RowExport.Rows {
    private static final String CAMERA = "image_02";

    @Override
    public void append(StringBuilder out, SourceInfo source, ResultFrame frame) {
        if (frame.json().has("camera") && !frame.key().stream().equals(CAMERA)) {
            return;
        }
        for (DetectedObject found : frame.objects()) {
            Box box = found.box();
            out.append(frame.recordedKey().frame())
                    .append(' ')
                    .append(found.track().orElse(-1))
                    .append(' ')
                    .append(found.label().replace(' ', '_'))
                    .append(" -1 -1 -10");
            for (double side : new double[] {box.x1(), box.y1(), box.x2(), box.y2()}) {
                out.append(' ').append(number(side, 2));
            }
            out.append(" -1 -1 -1 -1000 -1000 -1000 -10 ")
                    .append(number(found.score(), 4))
                    .append('\n');
        }
    }
}
