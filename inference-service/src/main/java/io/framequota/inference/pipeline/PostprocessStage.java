package io.framequota.inference.pipeline;

import io.framequota.inference.frame.AnswerReader;

/** Turns the server's answer to a frame into the frame's result line. */
final class PostprocessStage implements Stage.Handler<InferredFrame> {
    private final AnswerReader reader = new AnswerReader();

    @Override
    public void handle(InferredFrame inferred) {
        reader.read(inferred.answer());
    }
}
