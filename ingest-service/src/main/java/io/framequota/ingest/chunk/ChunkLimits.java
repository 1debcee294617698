package io.framequota.ingest.chunk;

/**
 * Where chunks end. Of pixels this depends only on what follows the chunk's first frame, so a pass that begins at any chunk cuts
 * the same chunks. {@link PacketCutter} cuts packets, in whole groups of pictures.
 *
 * @param maxFrames most frames of a chunk, 1 or more
 * @param maxBytes most bytes of a chunk's raw pixels, or wanted bytes of its packets, 1 or more; a chunk of one larger frame is
 *     allowed
 */
public record ChunkLimits(int maxFrames, long maxBytes) {
    public ChunkLimits {
        if (maxFrames < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "maxFrames and maxBytes must be 1 or more: " + maxFrames + ", " + maxBytes);
        }
    }

    /** Whether a chunk of so many frames and bytes ends before a frame of this size. */
    boolean endsBefore(int frames, long bytes, long nextFrameBytes) {
        return frames >= maxFrames || frames > 0 && bytes + nextFrameBytes > maxBytes;
    }

    /** Bytes of a full chunk of frames of this size. */
    long fullChunk(long frameBytes) {
        return frameBytes * Math.max(1, Math.min(maxFrames, maxBytes / Math.max(1, frameBytes)));
    }
}
