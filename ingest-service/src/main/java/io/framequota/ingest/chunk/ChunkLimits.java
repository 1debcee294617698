package io.framequota.ingest.chunk;

/**
 * Where chunks end: a function of the pixels since the chunk's first frame and of nothing else, so that a pass that begins at
 * any chunk, or writes frames in another way, cuts as the first pass did.
 *
 * @param maxFrames frames of a chunk at most
 * @param maxBytes bytes of a chunk's pixels at most, unless one frame alone is larger
 */
record ChunkLimits(int maxFrames, long maxBytes) {
    /** Whether a chunk of so many frames and bytes ends before a frame of this size. */
    boolean endsBefore(int frames, long bytes, long nextFrameBytes) {
        return frames >= maxFrames || frames > 0 && bytes + nextFrameBytes > maxBytes;
    }

    /** Bytes of a whole chunk of frames of this size. */
    long wholeChunk(long frameBytes) {
        return frameBytes * Math.max(1, Math.min(maxFrames, maxBytes / Math.max(1, frameBytes)));
    }
}
