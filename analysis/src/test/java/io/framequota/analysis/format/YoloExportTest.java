package io.framequota.analysis.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class YoloExportTest {
    @Test
    void aResultOfTooManyFramesIsRefused() {
        ResultFrames frames = (sink, pause) -> {
            for (int i = 0; i <= YoloExport.MOST_FRAMES; i++) {
                sink.frame(ResultFrame.of(JsonNodeFactory.instance.objectNode().put("frame", i)));
            }
        };

        assertThatThrownBy(() -> ExportFormat.YOLO.write(
                        frames, () -> new SourceInfo("v.mp4", 640, 480), OutputStream.nullOutputStream()))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "a result in YOLO's format has at most 200000 frames; use another format, for example coco");
    }
}
