package io.framequota.inferenceserver.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.Backend;
import io.framequota.inferenceserver.backend.BuiltInModel;
import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.QueueLimit;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.repository.ModelRepository.Listing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRepositoryTest {
    @TempDir
    Path root;

    private final List<String> log = new ArrayList<>();

    /** Opens every file whose content is not "broken", and keeps a log. */
    private Model open(Path file) {
        String content;
        try {
            content = Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        if (content.equals("broken")) {
            throw RefusedException.unavailable("it is broken");
        }
        log.add("open " + content);
        return new Model() {
            @Override
            public ModelSignature signature() {
                return new ModelSignature(
                        List.of(new TensorSpec("x", DataType.TYPE_FP32, List.of(1L))),
                        List.of(new TensorSpec("y", DataType.TYPE_FP32, List.of(1L))));
            }

            @Override
            public ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                log.add("close " + content);
            }
        };
    }

    private void write(String name, long version, String content) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name).resolve(Long.toString(version)));
        Files.writeString(folder.resolve("model.onnx"), content);
    }

    private ModelRepository repository(BuiltInModel... builtIns) {
        ModelLoader loader = new ModelLoader(
                (config, file) -> new Backend.Opened(config, open(file)),
                1,
                new QueueLimit(8, 1 << 20),
                InstantSource.system());
        ModelRepository repository = new ModelRepository(root, loader, List.of(builtIns));
        repository.loadAll();
        return repository;
    }

    private BuiltInModel builtIn(String name) throws IOException {
        Path file = Files.writeString(root.resolve("built-in"), "built-in " + name);
        return new BuiltInModel(ModelConfig.newBuilder().setName(name).build(), open(file));
    }

    @Test
    void servesLoadableModelsAndListsTheOthersWithReasons() throws Exception {
        write("good", 1, "good");
        write("bad", 1, "broken");
        Files.createDirectories(root.resolve("empty"));
        write("foreign", 1, "foreign");
        Files.writeString(root.resolve("foreign/config.pbtxt"), "backend: 'python'");
        write("misspelt", 1, "misspelt");
        Files.writeString(root.resolve("misspelt/config.pbtxt"), "name: 'other'");
        write("garbled", 1, "garbled");
        Files.writeString(root.resolve("garbled/config.pbtxt"), "name: {");
        try (ModelRepository repository = repository()) {
            assertThat(repository.index(true)).containsExactly(new Listing("good", "1", "READY", ""));
            assertThat(repository.index(false))
                    .filteredOn(listing -> listing.state().equals("UNAVAILABLE"))
                    .allSatisfy(listing -> assertThat(listing.reason()).isNotEmpty())
                    .extracting(Listing::name)
                    .containsExactly("bad", "empty", "foreign", "garbled", "misspelt");
        }
        assertThat(log).containsExactly("open good", "close good");
    }

    @Test
    void servesTheLatestVersionByDefault() throws Exception {
        write("latest", 2, "two");
        write("latest", 10, "ten");
        write("all", 1, "one");
        write("all", 3, "three");
        Files.writeString(root.resolve("all/config.pbtxt"), "version_policy { all {} }");
        try (ModelRepository repository = repository()) {
            assertThat(repository.find("latest", 0).version()).isEqualTo(10);
            assertThat(repository.ready("latest", 2)).isFalse();
            assertThat(repository.find("all", 1).version()).isEqualTo(1);
            assertThat(repository.find("all", 0).version()).isEqualTo(3);
        }
    }

    @Test
    void keepsServingWhenReloadingFails() throws Exception {
        write("m", 1, "first");
        try (ModelRepository repository = repository()) {
            write("m", 1, "broken");
            assertThatThrownBy(() -> repository.load("m")).hasMessageContaining("it is broken");
            assertThat(repository.ready("m", 1)).isTrue();
            write("m", 1, "second");
            repository.load("m");
            assertThat(log).containsExactly("open first", "open second", "close first");
        }
    }

    @Test
    void listsANewFolderWithoutAStateUntilItIsLoaded() throws Exception {
        try (ModelRepository repository = repository()) {
            write("new", 1, "new");
            assertThat(repository.index(false)).containsExactly(new Listing("new", "", "", ""));
            repository.load("new");
            assertThat(repository.index(false)).containsExactly(new Listing("new", "1", "READY", ""));
        }
    }

    @Test
    void folderReplacesABuiltInModel() throws Exception {
        write("people", 1, "mine");
        BuiltInModel people = builtIn("people");
        BuiltInModel faces = builtIn("faces");
        try (ModelRepository repository = repository(people, faces)) {
            assertThat(repository.find("people", 0).config().getBackend()).isEqualTo("onnxruntime");
            assertThat(repository.find("faces", 0).config().getBackend()).isEmpty();
        }
    }

    @Test
    void addsLabelsFromTheFile() throws Exception {
        write("m", 1, "m");
        Files.writeString(root.resolve("m/config.pbtxt"), "output { name: 'y' label_filename: 'labels.txt' }");
        Files.writeString(root.resolve("m/labels.txt"), "cat\ndog\n");
        try (ModelRepository repository = repository()) {
            assertThat(repository
                            .find("m", 0)
                            .config()
                            .getParametersOrThrow("framequota.labels")
                            .getStringValue())
                    .isEqualTo("cat,dog");
        }
    }
}
