package io.framequota.inference.pipeline;

import io.framequota.inference.frame.AnsweredPicture;

/** The server's answer to one of a frame's pictures. Its handler releases the slot. */
record InferredFrame(AnsweredPicture<ChunkFrame> answer) implements Stage.Work {
    @Override
    public ChunkRun run() {
        return answer.task().run();
    }
}
