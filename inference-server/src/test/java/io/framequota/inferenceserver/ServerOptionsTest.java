package io.framequota.inferenceserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.failure.Failure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerOptionsTest {
    @Test
    void defaultsAreTheLoopbackAddressPort8001AndOneCorePerProcessor() {
        assertThat(ServerOptions.parse(new String[0], 6))
                .isEqualTo(new ServerOptions(null, "127.0.0.1", 8001, 6, false));
    }

    @Test
    void readsEveryOption(@TempDir Path folder) {
        String[] line =
                ("--model-repository " + folder + " --port 0 --host 0.0.0.0 --cores 3 --pictures 8-bit").split(" ");
        assertThat(ServerOptions.parse(line, 6)).isEqualTo(new ServerOptions(folder, "0.0.0.0", 0, 3, true));
    }

    @Test
    void refusalNamesTheOption() {
        String[][] wrong = {
            {"--port"},
            {"--port", "http"},
            {"--port", "65536"},
            {"--cores", "0"},
            {"--pictures", "small"},
            {"--model-repository", "/nowhere"},
            {"-x", "y"}
        };
        for (String[] line : wrong) {
            assertThatThrownBy(() -> ServerOptions.parse(line, 1))
                    .as(String.join(" ", line))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(line[0])
                    .hasMessageNotContaining("\n");
        }
    }
}
