package io.framequota.ingest.chunk;

/**
 * The last chunk that an earlier pass wrote; decoding goes on behind it.
 *
 * @param nextChunk index of the first chunk to write
 * @param nextFrame source index that chunk begins with or after: one behind the last frame of the chunk before it
 * @param anchorChunk index of a known chunk, the last one at best
 * @param anchorFrame source index of its first frame
 * @param anchorPtsMs time of its first frame, as {@link WrittenChunk#firstPtsMs} said it, to the bit
 */
public record ResumePoint(int nextChunk, long nextFrame, int anchorChunk, long anchorFrame, double anchorPtsMs) {}
