package io.framequota.e2e;

import java.nio.file.Path;

/**
 * Test data and peers that are not the project's: {@code FRAMEQUOTA_SHARED} names their folder, {@code ../shared} beside the
 * project by default.
 */
final class SharedData {
    private static final Path FOLDER = Path.of(System.getenv()
            .getOrDefault("FRAMEQUOTA_SHARED", Fq.ROOT.resolveSibling("shared").toString()));

    static final Path VIDEO = FOLDER.resolve("media/one-by-one-person-detection.mp4");
    static final Path MODEL = FOLDER.resolve("models/yolox_nano.onnx");
    static final Path REFERENCE = FOLDER.resolve("media/one-by-one-person-detection.yolox_nano.jsonl.gz");
    /** Starts a real Triton on a model repository, in the foreground. */
    static final Path TRITON = FOLDER.resolve("triton/serve");

    private SharedData() {}
}
