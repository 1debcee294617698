package io.framequota.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody with a shell in a folder that has the project's {@code fq} and {@code helm}, a kubeconfig whose context is a namespace of their own, and nothing else. Leaving
 * removes the release {@code fq} and the namespace.
 */
final class Newcomer implements AutoCloseable {
    private final String namespace;
    private final Path folder;
    private final int port = Server.freePort();
    private final Server server = new Server("http://127.0.0.1:" + port, this::report);
    private final List<Process> forwards = new ArrayList<>();
    private String key = "";

    private Newcomer(String namespace, Path folder) {
        this.namespace = namespace;
        this.folder = folder;
    }

    /**
     * @param folder for the kubeconfig, and for the files that commands write beside them
     */
    static Newcomer arrive(String namespace, Path folder) throws IOException {
        Files.copy(
                Path.of(System.getenv("KUBECONFIG")),
                folder.resolve("kubeconfig"),
                StandardCopyOption.REPLACE_EXISTING);
        // Where commands of the project are found and what they write does not lie in it.
        for (String name : List.of("fq", "helm")) {
            Files.createSymbolicLink(folder.resolve(name), Fq.ROOT.resolve(name));
        }
        Newcomer newcomer = new Newcomer(namespace, folder);
        newcomer.does("kubectl create namespace " + namespace);
        newcomer.does("kubectl config set-context --current --namespace=" + namespace);
        return newcomer;
    }

    /** Runs a line of shell to its end and returns all that it prints; fails when it fails. */
    String does(String command) {
        return Commands.run("", List.of("bash", "-c", around(command)));
    }

    /** The same, without what is for people: standard error. */
    String reads(String command) {
        return does("exec 2>/dev/null\n" + command).strip();
    }

    /** Starts what forwards port 8080, on another one here: this one may be taken. */
    void forwards(String command) {
        try {
            forwards.add(new ProcessBuilder(
                            "bash",
                            "-c",
                            around("exec "
                                    + command.replace("8080:8080", port + ":8080")
                                            .replace(" &", "")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.await("the door answers", Duration.ofSeconds(30), () -> server.answers("/q/health/ready"));
    }

    /** Has the key that a line of shell puts into the environment, and shows it from now on. */
    void exports(String command) {
        key = reads(command + "\necho $FQ_KEY");
        server.key(key);
    }

    Server server() {
        return server;
    }

    @Override
    public void close() {
        forwards.forEach(Process::destroy);
        does("helm uninstall fq --ignore-not-found");
        does("kubectl delete namespace " + namespace + " --timeout=120s");
    }

    private String around(String command) {
        return "cd '%s'\nexport FRAMEQUOTA_NO_BUILD=1 KUBECONFIG=$PWD/kubeconfig FQ_SERVER=%s FQ_KEY=%s\n%s"
                .formatted(folder, server.url(), key, command);
    }

    private String report() {
        return does("kubectl get pods -o wide; kubectl get events --sort-by=.lastTimestamp | tail -40;"
                + " for c in ingest-service scheduler worker; do kubectl logs -l app.kubernetes.io/component=$c"
                + " --all-containers --tail=25 --prefix; done; true");
    }
}
