package io.framequota.analysis.format;

import static io.framequota.analysis.format.ResultExport.number;

import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;

/** {@code frame,track,left,top,width,height,score,x,y,z} of MOTChallenge, whose frames and pixels count from 1. */
final class MotRows implements RowExport.Rows {
    @Override
    public void append(StringBuilder out, SourceInfo source, ResultFrame frame) {
        for (DetectedObject found : frame.objects()) {
            Box box = found.box();
            out.append(frame.key().frame() + 1).append(',').append(found.track().orElse(-1));
            for (double value : new double[] {box.x1() + 1, box.y1() + 1, box.width(), box.height()}) {
                out.append(',').append(number(value, 2));
            }
            out.append(',').append(number(found.score(), 4)).append(",-1,-1,-1\n");
        }
    }
}
