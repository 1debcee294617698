package io.framequota.scheduler.dispatch;

/**
 * A chunk as it lies on the frames topic.
 *
 * @param job id of its job
 * @param index 0, 1, 2, ... in frame order
 * @param firstFrame source index of its first frame
 * @param frames how many frames it holds
 * @param partition of the frames topic
 * @param firstOffset of its first record
 * @param lastOffset of its last record
 * @param bytes of all its frames
 */
public record ChunkSpec(
        String job,
        int index,
        long firstFrame,
        int frames,
        int partition,
        long firstOffset,
        long lastOffset,
        long bytes) {}
