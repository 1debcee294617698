package io.framequota.ingest.testing;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkRecorder;
import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces decoding in tests of jobs. A "video" is a text file with {@code frames=N} or {@code frames=N of=BYTES}, followed by
 * {@code turned} when its pictures state an orientation of 90 degrees and {@code packets} when its frames can travel so; or with
 * {@code too large}. The video is cut into chunks with
 * invented offsets, and no frame is written. Keeps all requests.
 */
@Singleton
@Alternative
public class ScriptedChunkPublisher implements ChunkPublisher {
    private static final Pattern SCRIPT = Pattern.compile("frames=(\\d+)(?: of=(\\d+))?( turned)?( packets)?");
    private static final String FRAME_BYTES = "1000";

    private final AtomicLong offset = new AtomicLong();
    private final Queue<ChunkingRequest> requests = new ConcurrentLinkedQueue<>();

    /** All requests for a job. */
    public List<ChunkingRequest> requests(String job) {
        return requests.stream().filter(r -> r.job().equals(job)).toList();
    }

    @Override
    public ChunkingSummary publish(ChunkingRequest request, ChunkRoom room, ChunkRecorder recorder)
            throws SourceException, InterruptedException {
        requests.add(request);
        Matcher script = script(request.video());
        int frames = Integer.parseInt(script.group(1));
        int frameBytes = Integer.parseInt(script.group(2) == null ? FRAME_BYTES : script.group(2));
        FrameTransport transport = request.packets() ? FrameTransport.PACKETS : PixelTransport.RAW;
        recorder.opened(probe(request.video(), true));
        int chunkFrames = request.limits().maxFrames();
        int perChunk = chunkFrames * request.every();
        int chunks = (frames + perChunk - 1) / perChunk;
        int first = request.resume() == null ? 0 : request.resume().nextChunk();
        for (int i = first; i < chunks; i++) {
            if (request.skip().contains(i)) {
                continue;
            }
            int records = Math.min(chunkFrames, (frames - i * perChunk + request.every() - 1) / request.every());
            ChunkRoom.Reservation reserved = room.reserve((long) chunkFrames * frameBytes);
            if (recorder.stopped()) {
                reserved.close();
                throw new InterruptedException("stopped");
            }
            long at = offset.getAndAdd(records);
            recorder.written(
                    new WrittenChunk(
                            Chunk.newBuilder()
                                    .setJob(request.job())
                                    .setIndex(i)
                                    .setFirstFrame((long) i * perChunk)
                                    .setFrames(records)
                                    .setPartition(0)
                                    .setFirstOffset(at)
                                    .setLastOffset(at + records - 1)
                                    .setBytes((long) records * frameBytes)
                                    .build(),
                            i * perChunk * 40.0,
                            transport,
                            1000,
                            500,
                            250,
                            0,
                            request.warnings()),
                    reserved);
        }
        return new ChunkingSummary(frames, chunks, transport, request.warnings());
    }

    /** What the container of such a "video" says, or its first decoded picture; they differ for a turned picture. */
    static VideoInfo probe(Path video, boolean decoded) throws SourceException {
        Matcher script = script(video);
        int frames = Integer.parseInt(script.group(1));
        boolean turned = decoded && script.group(3) != null;
        return new VideoInfo(
                turned ? 480 : 640, turned ? 640 : 480, frames, frames * 40.0, 25, "scripted", false, Projection.FLAT);
    }

    /** Whether the frames of such a "video" can travel as packets. */
    static boolean packets(Path video) throws SourceException {
        return script(video).group(4) != null;
    }

    private static Matcher script(Path video) throws SourceException {
        try {
            String text = Files.readString(video).strip();
            if (text.equals("too large")) {
                throw new SourceException(video.getFileName() + " is beyond a limit; raise it");
            }
            Matcher script = SCRIPT.matcher(text);
            if (script.matches()) {
                return script;
            }
        } catch (IOException e) {
            throw new SourceException("cannot read " + video, e);
        }
        throw SourceException.permanent("not a video: " + video.getFileName());
    }
}
