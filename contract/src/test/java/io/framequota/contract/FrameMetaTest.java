package io.framequota.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.frame.Projection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameMetaTest {
    private static final FrameMeta FRAME = new FrameMeta(
            "j1", 3, 97, 9700.125, 416, 234, 3, Encoding.RAW, 768, 432, 0.5416, 0.5417, 0, 0, "image_02", null);

    @Test
    void headersRoundTrip() {
        Map<String, byte[]> headers = FRAME.toHeaders();
        assertThat(FrameMeta.fromHeaders(headers::get)).isEqualTo(FRAME);
    }

    @Test
    void aPicturesNameAndProjectionRoundTrip() {
        FrameMeta picture = new FrameMeta(
                "j1",
                3,
                97,
                9700.125,
                416,
                234,
                3,
                Encoding.RAW,
                768,
                432,
                0.5416,
                0.5417,
                0,
                0,
                null,
                null,
                true,
                true,
                Projection.EAC,
                "a/é 1.jpg");
        Map<String, byte[]> headers = picture.toHeaders();

        assertThat(text(headers, "ce_projection")).isEqualTo("eac");
        assertThat(text(headers, "ce_file")).isEqualTo("a/é 1.jpg");
        assertThat(FrameMeta.fromHeaders(headers::get)).isEqualTo(picture);
        headers.put("ce_projection", "round".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> FrameMeta.fromHeaders(headers::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a frame's ce_projection is round");
        assertThat(FRAME.toHeaders()).doesNotContainKeys("ce_projection", "ce_file");
    }

    @Test
    void headersAreCloudEventsInBinaryMode() {
        Map<String, byte[]> headers = FRAME.toHeaders();
        assertThat(text(headers, "ce_specversion")).isEqualTo("1.0");
        assertThat(text(headers, "ce_type")).isEqualTo("io.framequota.frame.v1");
        assertThat(text(headers, "ce_source")).isEqualTo("/jobs/j1");
        assertThat(text(headers, "ce_id")).isEqualTo("j1/97/image_02");
        assertThat(text(headers, "content-type")).isEqualTo("application/octet-stream");
        assertThat(text(headers, "ce_picture")).isEqualTo("416,234,3,768,432,0.5416,0.5417,0.0,0.0");
    }

    @Test
    void missingHeaderIsNamed() {
        Map<String, byte[]> headers = FRAME.toHeaders();
        headers.remove("ce_picture");
        assertThatThrownBy(() -> FrameMeta.fromHeaders(headers::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ce_picture");
    }

    @Test
    void contentTypeNamesTheEncoding() {
        Map<String, byte[]> headers = FRAME.toHeaders();

        headers.put("content-type", "image/jpeg".getBytes(StandardCharsets.UTF_8));
        FrameMeta jpeg = FrameMeta.fromHeaders(headers::get);
        headers.put("content-type", "image/png".getBytes(StandardCharsets.UTF_8));

        assertThat(jpeg.encoding()).isEqualTo(Encoding.JPEG);
        assertThat(text(jpeg.toHeaders(), "content-type")).isEqualTo("image/jpeg");
        assertThatThrownBy(() -> FrameMeta.fromHeaders(headers::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("image/png");
    }

    private static String text(Map<String, byte[]> headers, String name) {
        return new String(headers.get(name), StandardCharsets.UTF_8);
    }
}
