package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.local.JvmOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory that one source takes is no reason to refuse any to the next. */
class NativeLimitsTest {
    @Test
    void noProcessKeepsTheMemoryLimitThatItsLibraryGuesses() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.all(JvmOptions.ONE_RUN));
        command.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path"), Limit.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        assertThat(new String(process.getInputStream().readAllBytes()).strip()).isEqualTo("0");
    }

    /** Says the limit that is in force. */
    static final class Limit {
        private Limit() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(Class.forName("org.bytedeco.javacpp.Pointer")
                    .getMethod("maxPhysicalBytes")
                    .invoke(null));
        }
    }
}
