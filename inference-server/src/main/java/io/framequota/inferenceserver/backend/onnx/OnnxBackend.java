package io.framequota.inferenceserver.backend.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.Backend;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.refusal.Refusal;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Models for ONNX Runtime on the CPU. One session serves all of a model's concurrent runs: a session may be run from many
 * threads, has one intra-op thread (its caller's) and never spins, so the weights are in memory once.
 */
public final class OnnxBackend implements Backend {
    private final boolean eightBit;

    /**
     * A backend.
     *
     * @param eightBit whether models that say how their pictures are preprocessed are served with an 8-bit picture input,
     *     as {@code fq model prepare} makes them
     */
    public OnnxBackend(boolean eightBit) {
        this.eightBit = eightBit;
    }

    @Override
    public Opened open(ModelConfig config, Path file) {
        Optional<EightBitModel> prepared = eightBit ? EightBitModel.of(config, file) : Optional.empty();
        return prepared.isPresent()
                ? new Opened(prepared.get().config(), open(file, prepared.get().model()))
                : new Opened(config, open(file, null));
    }

    private static Model open(Path file, byte @Nullable [] contents) {
        OrtEnvironment environment = OnnxLibrary.environment();
        try (SessionOptions options = new SessionOptions()) {
            options.setExecutionMode(ExecutionMode.SEQUENTIAL);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            OrtSession session = contents == null
                    ? environment.createSession(file.toString(), options)
                    : environment.createSession(contents, options);
            try {
                return new OnnxModel(environment, session);
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw Refusal.unavailable("ONNX Runtime cannot load " + file.getFileName() + ": " + oneLine(e));
        }
    }

    static String oneLine(OrtException e) {
        String message = e.getMessage();
        return message == null ? "unknown error" : message.strip().replaceAll("\\s*\\n\\s*", " ");
    }
}
