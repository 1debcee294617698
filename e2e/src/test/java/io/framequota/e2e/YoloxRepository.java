package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** A model repository in Triton's layout around a YOLOX model file, as the scripts make it too. */
final class YoloxRepository {
    /** Makes {@code folder/yolox_nano} around the model and returns {@code folder}. */
    static Path make(Path folder, Path model) throws IOException {
        Process script = new ProcessBuilder(
                        Fq.ROOT.resolve("e2e/clients/make_repository").toString(), model.toString(), folder.toString())
                .inheritIO()
                .start();
        try {
            assertThat(script.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return folder;
    }

    private YoloxRepository() {}
}
