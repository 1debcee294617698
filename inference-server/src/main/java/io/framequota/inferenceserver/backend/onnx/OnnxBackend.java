package io.framequota.inferenceserver.backend.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInput;
import io.framequota.inferenceserver.backend.Backend;
import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.SmallerPicturesParameter;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.graph.ModelPreparation.Prepared;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs models with ONNX Runtime on the CPU. All concurrent runs of a model share one session, so the weights are in memory
 * once. A session may be used by many threads; it computes on the caller's thread only and never spins.
 */
public final class OnnxBackend implements Backend {
    private static final Logger LOG = System.getLogger(OnnxBackend.class.getName());

    /** A model with a narrower signature than its own. */
    private record ModelWithSignature(Model model, ModelSignature signature) implements Model {
        @Override
        public ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs) {
            return model.run(inputs, outputs);
        }

        @Override
        public void close() {
            model.close();
        }
    }

    private final boolean eightBit;

    /**
     * @param eightBit whether models with a {@code framequota.preprocess} parameter are served with an 8-bit picture input, as
     *     {@code fq model prepare} makes them
     */
    public OnnxBackend(boolean eightBit) {
        this.eightBit = eightBit;
    }

    @Override
    public Opened open(ModelConfig config, Path file) {
        // After a reshape the dimensions are no longer those of a picture and cannot be reordered.
        boolean reshaped = config.getInputList().stream().anyMatch(ModelInput::hasReshape);
        Optional<EightBitModel> prepared = eightBit && !reshaped ? EightBitModel.of(config, file) : Optional.empty();
        return prepared.isPresent() ? open(prepared.get(), file) : new Opened(config, open(file, null));
    }

    private static Opened open(EightBitModel eightBit, Path file) {
        Prepared prepared = eightBit.prepared();
        if (UnpaddedInputDetector.isCandidate(eightBit.config())) {
            try {
                // A graph with a fixed size inside fails here. That is expected and not logged.
                Model open = open(file, prepared.anySize().toByteArray(), OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                Optional<ModelSignature> full = UnpaddedInputDetector.fullSize(open, prepared.shapes());
                if (full.isPresent()) {
                    return new Opened(
                            UnpaddedInputDetector.withParameter(eightBit.config()),
                            new ModelWithSignature(open, full.orElseThrow()));
                }
                open.close();
            } catch (RefusedException e) {
                LOG.log(Level.DEBUG, "model {0} takes full pictures only: {1}", file, e.getMessage());
            }
        }
        ModelConfig config = eightBit.config().toBuilder()
                .removeParameters(SmallerPicturesParameter.PARAMETER)
                .build();
        return new Opened(config, open(file, prepared.model().toByteArray()));
    }

    private static Model open(Path file, byte @Nullable [] contents) {
        return open(file, contents, OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING);
    }

    private static Model open(Path file, byte @Nullable [] contents, OrtLoggingLevel level) {
        OrtEnvironment environment = OnnxLibrary.environment();
        try (SessionOptions options = new SessionOptions()) {
            options.setSessionLogLevel(level);
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
            throw RefusedException.unavailable("ONNX Runtime cannot load " + file.getFileName() + ": "
                    + oneLine(e).replace(file.toString(), String.valueOf(file.getFileName())));
        }
    }

    static String oneLine(OrtException e) {
        String message = e.getMessage();
        return message == null ? "unknown error" : message.strip().replaceAll("\\s*\\n\\s*", " ");
    }
}
