package io.framequota.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultLineTest {
    @Test
    void linesMatchTheGoldenSample() throws Exception {
        StringBuilder out = new StringBuilder();
        new ResultLine(0, 0, List.of(new Detection("person", 0, 0.8612f, 10.5f, 20, 110.254f, 320.001f)), null, null)
                .appendTo(out);
        new ResultLine(7, 233.3666, List.of(), null, null).appendTo(out);
        new ResultLine(
                        8,
                        -40,
                        List.of(
                                new Detection("a \"b\"", 1, 1f, -3.25f, 0, 1, 2),
                                new Detection("c\n", 2, 0.3f, 0, 0, 0.05f, 0.5f)),
                        "image_02",
                        null)
                .appendTo(out);
        new ResultLine(9, 1000, List.of(), null, "the server answered INTERNAL").appendTo(out);
        new ResultLine(10, 400, List.of(), null, null, true, 320, 240, "in/a 1.png").appendTo(out);

        byte[] golden = getClass().getResourceAsStream("/golden/result.jsonl").readAllBytes();
        assertThat(out.toString()).isEqualTo(new String(golden, StandardCharsets.UTF_8));
    }
}
