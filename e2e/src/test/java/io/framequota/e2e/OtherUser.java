package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The user {@code nobody}, as whom root can run programs. */
final class OtherUser {
    private static final List<String> BECOME =
            List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--");

    /** Skips the test where nobody else can be become, or nobody else can read the project. */
    static void assumeThereIsOne() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root becomes another user");
        List<String> command = new ArrayList<>(BECOME);
        command.addAll(
                List.of("test", "-r", Fq.ROOT.resolve("cli/target/fq.jar").toString()));
        try {
            Process process = new ProcessBuilder(command).start();
            assumeTrue(process.waitFor() == 0, "the user nobody cannot read " + Fq.ROOT);
        } catch (IOException e) {
            assumeTrue(false, "there is no setpriv: " + e.getMessage());
        }
    }

    /** A folder that is this user's. */
    static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("fq-e2e-nobody");
        Files.setOwner(
                folder, folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        return folder;
    }

    /** Runs a program to its end with this environment and nothing else, in a folder. */
    static Fq.Ended run(Path folder, Duration limit, Map<String, String> environment, List<String> program)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(BECOME);
        command.addAll(program);
        Path out = Files.createTempFile("fq-e2e", ".out");
        Path err = Files.createTempFile("fq-e2e", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            builder.environment().put("PATH", System.getenv("PATH"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroy();
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
            return new Fq.Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private OtherUser() {}
}
