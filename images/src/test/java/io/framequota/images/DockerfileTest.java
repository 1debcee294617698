package io.framequota.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class DockerfileTest {
    private static final List<String> NAMES = ImageCatalogue.NAMES;

    @ParameterizedTest
    @FieldSource("NAMES")
    void everyImageIsATargetWithItsFiles(String name) throws Exception {
        assertThat(Files.readString(Path.of("Dockerfile")))
                .contains("FROM base AS " + name + "\nCOPY --from=build /project/images/target/" + name + "/ /\n");
    }
}
