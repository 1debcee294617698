package io.framequota.cli.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputPathsTest {
    @TempDir
    Path folder;

    @Test
    void oneSourceGoesToTheNamedFile() {
        assertThat(outputs("out.jsonl.gz", "http://a.example/a.mp4")).containsExactly("out.jsonl.gz");
    }

    @Test
    void withoutTheOptionTheFileIsNamedAfterItsSource() {
        assertThat(outputs(null, "sample:walkers")).containsExactly("walkers.jsonl.gz");
    }

    @Test
    void severalSourcesGoToAFolderAndEqualNamesGetNumbers() {
        assertThat(outputs("results", "http://a.example/a.mp4", "http://b.example/a.mkv", "sample:walkers"))
                .containsExactly("results/a.jsonl.gz", "results/a-2.jsonl.gz", "results/walkers.jsonl.gz");
    }

    @Test
    void anExistingFolderTakesTheFileOfOneSource() throws Exception {
        Files.createDirectory(folder.resolve("there"));
        assertThat(outputs("there/", "sample:walkers")).containsExactly("there/walkers.jsonl.gz");
    }

    private List<String> outputs(@Nullable String option, String... sources) {
        Terminal terminal = new Terminal(System.out, System.err, folder, false);
        List<Source> parsed = Arrays.stream(sources)
                .map(s -> Source.parse(s, folder::resolve))
                .toList();
        List<FileArgument> outputs = OutputPaths.of(parsed, option, _ -> ".jsonl.gz", "-o", terminal);
        assertThat(outputs).allSatisfy(o -> assertThat(o.path()).isEqualTo(folder.resolve(o.text())));
        return outputs.stream().map(FileArgument::text).toList();
    }
}
