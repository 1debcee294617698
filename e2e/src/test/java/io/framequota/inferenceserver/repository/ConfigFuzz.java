package io.framequota.inferenceserver.repository;

import io.framequota.contract.kserve.DataType;
import io.framequota.e2e.fuzz.FuzzTarget;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code config.pbtxt} of a model, and how it is completed from what the model declares. */
public final class ConfigFuzz implements FuzzTarget {
    private static final ModelSignature SIGNATURE = new ModelSignature(
            List.of(new TensorSpec("images", DataType.TYPE_FP32, List.of(-1L, 3L, 416L, 416L))),
            List.of(new TensorSpec("output", DataType.TYPE_FP32, List.of(-1L, 3549L, 85L))));
    private static final String CONFIG = """
            name: "yolox"
            backend: "onnxruntime"
            max_batch_size: 4
            input [ { name: "images" data_type: TYPE_FP32 dims: [ 3, 416, 416 ] } ]
            output [ { name: "output" data_type: TYPE_FP32 dims: [ 3549, 85 ] reshape { shape: [ 3549, 85 ] } } ]
            instance_group [ { count: 2 kind: KIND_CPU } ]
            version_policy { latest { num_versions: 1 } }
            dynamic_batching { preferred_batch_size: [ 2, 4 ] max_queue_delay_microseconds: 100 }
            parameters { key: "labels" value { string_value: "person,car" } }
            """;

    @Override
    public String name() {
        return "config.pbtxt";
    }

    @Override
    public List<byte[]> corpus() {
        return List.of(CONFIG.getBytes(StandardCharsets.UTF_8), "max_batch_size: 0".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void parse(byte[] input) throws IOException {
        Path folder = file(input, "of-the-config").resolveSibling("yolox");
        Files.createDirectories(folder);
        Files.write(folder.resolve("config.pbtxt"), input);
        ConfigCompletion.complete(ConfigFile.read("yolox", folder), SIGNATURE, 1);
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof RefusedException;
    }
}
