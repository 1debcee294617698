package io.framequota.inference.pipeline;

import io.framequota.inference.intake.Frame;

/** A frame that was read and has no result line yet. */
record PendingFrame(ChunkRun run, Frame frame) implements Stage.Work {}
