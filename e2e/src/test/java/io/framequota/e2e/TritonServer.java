package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** A real Triton. It has the python backend only, so models run inside a few lines of Python there. */
final class TritonServer implements AutoCloseable {
    /** The Python that runs Triton; the first start of its script installs it. */
    static final Path PYTHON = Path.of(System.getenv()
                    .getOrDefault("TRITON_HOME", System.getProperty("user.home") + "/.cache/framequota-triton"))
            .resolve("bin/python");

    private final Process process;
    private final int port;
    private final Server http;

    private TritonServer(Process process, int port, int httpPort) {
        this.process = process;
        this.port = port;
        http = new Server("http://127.0.0.1:" + httpPort, () -> "");
    }

    /** Triton with YOLOX in it. */
    static TritonServer start(Path folder) throws IOException, InterruptedException {
        return start(folder, List.of());
    }

    /** @param copies further names of the model, each with one instance of its own */
    static TritonServer start(Path folder, List<String> copies) throws IOException, InterruptedException {
        Path repository = repository(folder);
        for (String name : copies) {
            GpuTimeST.copy(repository, name);
        }
        return start(folder, repository, Map.of());
    }

    /**
     * Triton with a repository as it is, for the ONNX Runtime backend: a Python program takes that backend's place.
     *
     * @param folder for its files
     */
    static TritonServer on(Path folder, Path repository) throws IOException {
        Path backends = Files.createDirectories(folder.resolve("backends"));
        Path home = PYTHON.resolveSibling("..").normalize();
        try (Stream<Path> found =
                Files.find(home.resolve("lib"), 7, (path, file) -> path.endsWith("tritonserver/backends/python"))) {
            Files.createSymbolicLink(
                    backends.resolve("python"), found.findFirst().orElseThrow());
        }
        Files.createSymbolicLink(
                backends.resolve("onnxruntime"), Fq.ROOT.resolve("inference-server/src/test/triton/onnxruntime"));
        return start(
                folder,
                repository,
                Map.of("FRAMEQUOTA_TRITON_REPOSITORY", repository.toString()),
                "--backend-directory=" + backends);
    }

    private static TritonServer start(Path folder, Path repository, Map<String, String> environment, String... options)
            throws IOException {
        int port = Server.freePort();
        int httpPort = Server.freePort();
        Path log = folder.resolve("triton.log");
        List<String> command = new ArrayList<>(List.of(SharedData.TRITON.toString(), repository.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("TRITON_GRPC_PORT", "" + port);
        builder.environment().put("TRITON_HTTP_PORT", "" + httpPort);
        builder.environment().put("TRITON_METRICS_PORT", "" + Server.freePort());
        TritonServer server = new TritonServer(builder.start(), port, httpPort);
        try {
            Awaitility.await("Triton is ready")
                    .atMost(Duration.ofMinutes(1))
                    .failFast("Triton ended", () -> !server.process.isAlive())
                    .until(() -> Files.readString(log).contains("Started GRPCInferenceService"));
            return server;
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            server.close();
            throw new AssertionError("Triton does not start:\n" + Files.readString(log), e);
        }
    }

    /** Makes a model repository for it in a folder below {@code folder}. */
    static Path repository(Path folder) throws IOException, InterruptedException {
        Path ours = YoloxRepository.make(folder.resolve("ours"), SharedData.MODEL);
        Path made = folder.resolve("triton");
        Process script = new ProcessBuilder(
                        PYTHON.toString(),
                        Fq.ROOT
                                .resolve("inference-server/src/test/triton/make_repository.py")
                                .toString(),
                        made.toString(),
                        SharedData.MODEL.toString())
                .inheritIO()
                .start();
        assertThat(script.waitFor()).isZero();
        // What workers do before and after is said in the same words for every server.
        List<String> parameters = Files.readAllLines(ours.resolve("yolox_nano/config.pbtxt")).stream()
                .filter(line -> line.startsWith("parameters"))
                .toList();
        Files.write(made.resolve("yolox_nano/config.pbtxt"), parameters, StandardOpenOption.APPEND);
        return made;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Seconds that it has computed of each model, by its own statistics. */
    Map<String, Double> computeSeconds() {
        Map<String, Double> seconds = new HashMap<>();
        for (JsonNode model : http.get("/v2/models/stats").path("model_stats")) {
            double ns = 0;
            for (JsonNode batch : model.path("batch_stats")) {
                ns += batch.path("compute_input").path("ns").asDouble()
                        + batch.path("compute_infer").path("ns").asDouble()
                        + batch.path("compute_output").path("ns").asDouble();
            }
            seconds.merge(model.path("name").asText(), ns / 1e9, Double::sum);
        }
        return seconds;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
