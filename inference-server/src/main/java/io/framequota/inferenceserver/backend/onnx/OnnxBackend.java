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
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.SmallerPicturesParameter;
import io.framequota.inferenceserver.graph.ModelPreparation.Prepared;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Models for ONNX Runtime on the CPU. One session serves all of a model's concurrent runs: a session may be run from many
 * threads, has one intra-op thread (its caller's) and never spins, so the weights are in memory once.
 */
public final class OnnxBackend implements Backend {
    private static final Logger LOG = System.getLogger(OnnxBackend.class.getName());

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
        // A reshaped picture is no picture any more: its dimensions cannot be told to change places.
        boolean reshaped = config.getInputList().stream().anyMatch(ModelInput::hasReshape);
        Optional<EightBitModel> prepared = eightBit && !reshaped ? EightBitModel.of(config, file) : Optional.empty();
        return prepared.isPresent() ? open(prepared.get(), file) : new Opened(config, open(file, null));
    }

    private static Opened open(EightBitModel eightBit, Path file) {
        Prepared prepared = eightBit.prepared();
        if (SmallerPictures.mayBe(eightBit.config())) {
            try {
                // A graph that holds its size somewhere fails here, which is no news for the log.
                Model open = open(file, prepared.anySize().toByteArray(), OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                Optional<ModelSignature> full = SmallerPictures.fullSize(open, prepared.shapes());
                if (full.isPresent()) {
                    return new Opened(
                            SmallerPictures.said(eightBit.config()), new ModelWithSignature(open, full.orElseThrow()));
                }
                open.close();
            } catch (RefusedException e) {
                LOG.log(Level.DEBUG, "{0} takes full pictures only: {1}", file, e.getMessage());
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
