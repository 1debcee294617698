package io.framequota.inferenceserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionsTest {
    @Test
    void hasDefaults() throws Exception {
        assertThat(Options.parse(new String[0], 6)).isEqualTo(new Options(null, "127.0.0.1", 8001, 6, false));
    }

    @Test
    void readsEveryOption(@TempDir Path folder) throws Exception {
        String[] line =
                ("--model-repository " + folder + " --port 0 --host 0.0.0.0 --cores 3 --pictures 8-bit").split(" ");
        assertThat(Options.parse(line, 6)).isEqualTo(new Options(folder, "0.0.0.0", 0, 3, true));
    }

    @Test
    void saysInOneLineWhatIsWrong() {
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
            assertThatThrownBy(() -> Options.parse(line, 1))
                    .as(String.join(" ", line))
                    .isInstanceOf(Options.Wrong.class)
                    .hasMessageContaining(line[0]);
        }
    }
}
