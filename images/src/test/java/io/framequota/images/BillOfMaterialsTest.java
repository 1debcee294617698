package io.framequota.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillOfMaterialsTest {
    @TempDir
    Path folder;

    @Test
    void listsTheComponentsOfTheImageOnly() throws Exception {
        Path module = Files.writeString(folder.resolve("bom.json"), """
                {"bomFormat":"CycloneDX","metadata":{},"dependencies":[],"components":[
                 {"group":"org.a","name":"a","version":"1"},{"group":"org.b","name":"b","version":"2"},
                 {"group":"org.c","name":"c","version":"3"}]}""");
        Path jar = Files.writeString(folder.resolve("x"), "");
        Layer layer =
                Layer.of("one").file(jar, "/app/lib/a-1.jar").file(jar, "/app/lib/main/org.c.c-3-linux-x86_64.jar");
        Image image = new Image("test", List.of(layer), List.of(), List.of(), Map.of(), List.of());

        JsonNode document = BillOfMaterials.of(module, List.of(new DebianBase.Package("libc6", "2.36", "amd64")), image)
                .document();

        assertThat(document.path("components").findValuesAsText("name"))
                .containsExactly("a", "c", "libc6", "java-runtime");
        assertThat(document.path("components").get(2).path("purl").asText())
                .isEqualTo("pkg:deb/debian/libc6@2.36?arch=amd64");
        assertThat(document.at("/metadata/component/name").asText()).isEqualTo("framequota/test");
    }
}
