package io.framequota.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void theSameContentGivesTheSameArchive() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "a");
        String first = write("one.tar", file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(12345)));

        String second = write("two.tar", file);

        assertThat(second).isEqualTo(first);
        assertThat(folder.resolve("two.tar")).hasSameBinaryContentAs(folder.resolve("one.tar"));
    }

    @Test
    void theConfigurationHasCommandUserAndEnvironment() throws Exception {
        write("image.tar", Files.writeString(folder.resolve("a.txt"), "a"));

        Map<String, byte[]> files = untar(folder.resolve("image.tar"));
        JsonNode manifest = JSON.readTree(files.get("manifest.json")).get(0);
        JsonNode config =
                JSON.readTree(files.get(manifest.path("Config").asText())).path("config");

        assertThat(manifest.path("RepoTags").get(0).asText()).isEqualTo("framequota/test:1.2.3");
        assertThat(config.path("User").asText()).isEqualTo("65532:65532");
        assertThat(config.path("Entrypoint").get(0).asText()).isEqualTo("/run");
        assertThat(config.path("Cmd").get(0).asText()).isEqualTo("--port");
        assertThat(config.path("Env").toString()).contains("A=b");
        assertThat(config.path("ExposedPorts").has("8001/tcp")).isTrue();
    }

    private String write(String archive, Path file) throws Exception {
        Image image = new Image(
                "test",
                List.of(Layer.of("one").file(file, "/app/a.txt")),
                List.of("/run"),
                List.of("--port", "1"),
                Map.of("A", "b"),
                List.of(8001));
        return new ImageArchive(folder.resolve("cache"), "1.2.3").write(image, folder.resolve(archive));
    }

    private static Map<String, byte[]> untar(Path archive) throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        try (InputStream in = Files.newInputStream(archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                files.put(entry.getName(), tar.readAllBytes());
            }
        }
        return files;
    }
}
