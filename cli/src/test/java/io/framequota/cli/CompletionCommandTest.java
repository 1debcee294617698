package io.framequota.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CompletionCommandTest extends FqTestBase {
    @Test
    void bashCompletesCommandsAndTheirOptions() throws Exception {
        assertThat(run("completion", "bash")).isZero();
        Path script = Files.writeString(folder.resolve("fq.bash"), out());
        assertThat(completed(script, "fq", "det")).contains("detect").doesNotContain("warm");
        assertThat(completed(script, "fq", "detect", "--ann")).contains("--annotate");
        assertThat(completed(script, "fq", "experiment", "r")).contains("run");
    }

    /** What bash offers for the last word. */
    private String completed(Path script, String... words) throws IOException, InterruptedException {
        String line = String.join(" ", words);
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        ". " + script + "; COMP_WORDS=(" + line + "); COMP_CWORD=" + (words.length - 1)
                                + "; COMP_LINE='"
                                + line + "'; COMP_POINT=" + line.length()
                                + "; _complete_fq fq '" + words[words.length - 1] + "'; echo \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return answer;
    }

    @Test
    void fishCompletesCommandsAndTheirOptions() {
        assertThat(run("completion", "fish")).isZero();
        assertThat(out())
                .contains("complete -c fq -n '__fish_use_subcommand' -a detect -d '")
                .contains("complete -c fq -n '__fish_seen_subcommand_from detect' -l annotate -r -d '")
                .contains("'__fish_seen_subcommand_from experiment; and __fish_seen_subcommand_from run' -l check")
                .doesNotContain("-a warm");
    }

    @Test
    void aShellWithoutCompletionIsWrongUse() {
        assertThat(run("completion", "tcsh")).isEqualTo(2);
        assertThat(err()).isEqualTo("fq: there is no completion for tcsh: give bash, zsh or fish\n");
    }
}
