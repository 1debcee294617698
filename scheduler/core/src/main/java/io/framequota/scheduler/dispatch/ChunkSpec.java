package io.framequota.scheduler.dispatch;

/**
 * Where a chunk is stored on the frames topic.
 *
 * @param job id of its job
 * @param index 0, 1, 2, ... in frame order
 * @param firstFrame source index of its first frame
 * @param frames number of frames
 * @param partition partition of the frames topic
 * @param firstOffset offset of its first record
 * @param lastOffset offset of its last record
 * @param bytes size of all its frames
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
