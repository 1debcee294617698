package io.framequota.ingest.job;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.chunk.ChunkLimits;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.spherical.SphereViews;
import java.util.Map;
import java.util.Optional;

/**
 * What was asked for. It never changes. This includes the limits of chunks, because decoding that resumes must cut the source into
 * the same chunks.
 *
 * @param id unique, without a slash
 * @param source the source as the client named it, with secrets masked
 * @param input the source as {@code SourceStore} names it
 * @param model the model's card at the time of submission
 * @param every frames are inferred whose source index is a multiple of this
 * @param chunkFrames a chunk ends with this many frames
 * @param chunkBytes a chunk ends before its raw pixels have more bytes than this, or when its packets have about as many
 * @param stream number of the source's stream, or {@code VideoDecoder.ANY_STREAM}
 * @param transport how the job's frames shall travel
 * @param projection of the source's pictures; empty for what the source states
 * @param groupFrames most frames to infer of one group of pictures that travels as packets: more would take longer than a
 *     grant should; 0 when an earlier release took the job, which did not store it
 * @param tracking whether the result has tracks, and the zones in which they are counted
 * @param live of a stream that runs until the job is cancelled; empty for every other source
 * @param tenant whose job it is
 */
public record JobSpec(
        String id,
        String source,
        String input,
        ModelCard model,
        int every,
        int chunkFrames,
        long chunkBytes,
        Map<String, String> labels,
        int stream,
        TransportChoice transport,
        Optional<Projection> projection,
        int groupFrames,
        Optional<Tracking> tracking,
        Optional<LiveSpec> live,
        String tenant) {
    /** Of a model that was not measured, at the default of FRAMEQUOTA_GRANT_SECONDS. */
    private static final int UNKNOWN_GROUP_FRAMES = 40;

    public JobSpec {
        labels = Map.copyOf(labels);
    }

    /** The projection of the source's pictures, as the submission or else the source says. */
    public Projection projectionOf(VideoInfo info) {
        return projection.orElse(info.projection());
    }

    /** Where chunks end; a frame of a 360° picture counts as all its views. */
    public ChunkLimits limits(Projection decided) {
        return new ChunkLimits(frames(chunkFrames, decided), chunkBytes);
    }

    /** Most frames to infer of a group of pictures that may travel as packets, as far as grants are concerned. */
    public int longestGroup(Projection decided) {
        if (transport == TransportChoice.PACKETS) {
            return Integer.MAX_VALUE;
        }
        return frames(groupFrames == 0 ? UNKNOWN_GROUP_FRAMES : groupFrames, decided);
    }

    private static int frames(int pictures, Projection decided) {
        return decided == Projection.FLAT ? pictures : Math.max(1, pictures / SphereViews.ALL.size());
    }
}
