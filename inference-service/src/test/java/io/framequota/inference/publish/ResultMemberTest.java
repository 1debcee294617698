package io.framequota.inference.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.result.ResultLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class ResultMemberTest {
    @Test
    void concatenatedMembersAreOneResult() throws IOException {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        ResultMember.of(List.of(
                        new ResultLine(0, 0, List.of(), null, null), new ResultLine(1, 40, List.of(), null, "broken")))
                .writeTo(result);
        ResultMember.of(List.of(new ResultLine(2, 80, List.of(), null, null))).writeTo(result);

        String text = new String(
                new GZIPInputStream(new ByteArrayInputStream(result.toByteArray())).readAllBytes(),
                StandardCharsets.UTF_8);

        assertThat(text).isEqualTo("""
                        {"frame":0,"pts_ms":0.0,"detections":[]}
                        {"frame":1,"pts_ms":40.0,"error":"broken","detections":[]}
                        {"frame":2,"pts_ms":80.0,"detections":[]}
                        """);
    }
}
