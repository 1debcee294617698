package io.framequota.ingest.chunk;

/**
 * Where an earlier pass ended. Decoding goes on from a frame whose index and time are known, the anchor.
 *
 * @param nextChunk index of the first chunk to write
 * @param nextFrame index in the source from which that chunk's frames are taken: one behind the last frame of the chunk before
 * @param anchorFrame index of the anchor in the source
 * @param anchorPtsMs time of the anchor, exactly as {@link WrittenChunk#firstPtsMs} gave it
 */
public record ResumePoint(int nextChunk, long nextFrame, long anchorFrame, double anchorPtsMs) {}
