package io.framequota.inference.frame;

import io.framequota.contract.result.Detection;
import io.framequota.inference.postprocess.Postprocessor;
import io.framequota.inference.triton.InferenceResult;
import java.util.List;

/** Ends frames with what the server answered to their pictures. Stateless and safe for use by several threads. */
public final class AnswerReader {
    private final Postprocessor postprocessor = new Postprocessor();

    /** Reads an answer and releases its slot. */
    public <T extends InferenceTask> void read(AnsweredPicture<T> answer) {
        T task = answer.task();
        try {
            switch (answer.result) {
                case InferenceResult.Answered answered -> {
                    task.cost().modelMicros.add(answered.computeUs());
                    task.cost().waitingNanos.add(answered.waitUs() * 1000);
                    if (task.wanted()) {
                        decode(answer, answered);
                    }
                }
                case InferenceResult.Refused refused -> refuse(answer, refused.cause());
                case InferenceResult.Unanswered unanswered -> refuse(answer, unanswered.cause());
                case InferenceResult.ServerGone gone -> fail(answer, gone.cause(), false);
                case InferenceResult.ModelGone gone -> fail(answer, gone.cause(), true);
            }
        } finally {
            answer.slot.release();
        }
    }

    private static <T extends InferenceTask> void refuse(AnsweredPicture<T> answer, String cause) {
        if (answer.parts.fail()) {
            answer.task().refused(cause);
        }
    }

    private static <T extends InferenceTask> void fail(AnsweredPicture<T> answer, String cause, boolean permanent) {
        if (answer.parts.fail()) {
            answer.task().failed(cause, permanent);
        }
    }

    private <T extends InferenceTask> void decode(AnsweredPicture<T> answer, InferenceResult.Answered answered) {
        T task = answer.task();
        long began = ThreadCpuClock.now();
        try {
            List<Detection> inPicture =
                    postprocessor.detections(task.model(), answer.size, answer.meta, answered.outputs());
            List<Detection> detections = answer.parts.add(answer.picture, inPicture);
            task.cost().postprocessNanos.add(ThreadCpuClock.now() - began);
            if (detections != null) {
                task.found(detections);
            }
        } catch (IllegalArgumentException e) {
            // The model's outputs contradict its configuration, so every other frame would fail in the same way.
            fail(answer, "model " + task.model().name() + ": " + e.getMessage(), true);
        }
    }
}
