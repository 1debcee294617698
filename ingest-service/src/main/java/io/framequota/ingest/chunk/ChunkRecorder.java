package io.framequota.ingest.chunk;

import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.media.decode.VideoInfo;

/** Records what the pipeline does for one job. All methods are called on the pipeline's thread; what they throw ends the pass. */
public interface ChunkRecorder {
    /** Called before the first frame; may be called again when the source is read again. */
    void opened(VideoInfo info);

    /**
     * Records a chunk after the broker has acknowledged its last frame. Called in chunk order.
     *
     * @param room that was taken for the chunk; the recorder closes it once it accounts for the chunk's real size, else the
     *     pipeline does
     */
    void written(WrittenChunk chunk, Reservation room);

    /** Whether the job wants no further chunk, because it has ended or the process stops. Asked for each frame. */
    boolean stopped();
}
