package io.framequota.inference.live;

import io.framequota.contract.control.LiveRun;
import io.framequota.inference.intake.LivePackets;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.publish.StreamPublisher;
import io.framequota.inference.triton.TritonServer;
import io.framequota.inference.worker.StreamAssignments;
import io.framequota.inference.worker.StreamAssignments.Assignment;
import io.framequota.inference.worker.StreamRunner;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.scale.PictureScaler;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Infers a worker's streams beside its chunks: {@code intake -> decode -> (newest frames) -> preprocess -> (inference server) ->
 * postprocess -> publish in order}. Each stream has a thread and a decoder; all streams share one thread each for intake, preprocess,
 * postprocess and annotating, and the server's slots for streams.
 *
 * <p>Nothing waits for a later stage. Of each stream at most {@value PacketQueue#MOST_PACKETS} packets and {@value PacketQueue#MOST_BYTES}
 * bytes wait to be decoded, and at most {@value WaitingFrames#MOST_FRAMES} frames and {@value WaitingFrames#MOST_BYTES} bytes, or one larger
 * frame, to be inferred; of all together 32 MiB each. What has no room is dropped, the oldest first, and appears as a gap in the stream's results.
 */
public final class LiveLane implements StreamRunner, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LiveLane.class.getName());
    /** Packets of all streams that wait to be decoded. */
    private static final long MOST_PACKET_BYTES = 32 << 20;

    /**
     * How long things wait before what is newer takes their place.
     *
     * @param packets for being decoded
     * @param frames for inference
     * @param boxes pictures of annotated streams, for the boxes of their frames
     */
    record Waits(Duration packets, Duration frames, Duration boxes) {
        /** With inference that is fast enough pictures wait for their own boxes, and the latency stays below a second. */
        static final Waits DEFAULT = new Waits(Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofMillis(400));
    }

    private static final Duration END = Duration.ofSeconds(1);

    /** What the lane reads from, calls and writes to. */
    public record Ports(
            Supplier<LivePackets> packets,
            FrameDecoder.Factory decoders,
            PictureScaler.Factory scalers,
            ModelCatalog models,
            TritonServer server,
            StreamPublisher publisher,
            InstantSource clock) {}

    private final String worker;
    private final Ports ports;
    private final StreamRun.Shared shared;
    private final StreamIntake intake;
    private final StreamInference inference;
    /** By job. Changed by the worker's loop only. */
    private final Map<String, StreamRun> runs = new ConcurrentHashMap<>();

    public LiveLane(String worker, Ports ports, MeterRegistry meters) {
        this(worker, ports, meters, Waits.DEFAULT);
    }

    LiveLane(String worker, Ports ports, MeterRegistry meters, Waits waits) {
        this.worker = worker;
        this.ports = ports;
        Tags tags = Tags.of("worker", worker);
        LaneCounters counters = new LaneCounters(tags, meters);
        WaitingFrames waiting = new WaitingFrames(waits.frames());
        shared = new StreamRun.Shared(
                waiting,
                new StreamAnnotator(counters, waits.boxes()),
                new ByteBudget(MOST_PACKET_BYTES),
                waits.packets(),
                counters);
        intake = new StreamIntake(ports.packets());
        inference = new StreamInference(ports.server(), waiting);
        Gauge.builder("framequota.live.streams", runs, Map::size)
                .description("Streams that the worker infers")
                .tags(tags)
                .register(meters);
    }

    public void start() {
        shared.annotator().start();
        inference.start();
        intake.start();
    }

    @Override
    public void assign(StreamAssignments streams) {
        for (StreamRun run : List.copyOf(runs.values())) {
            Assignment granted = streams.streams().get(run.job());
            if (granted != null && run.goesOnUnder(granted)) {
                run.renew(granted);
            } else {
                LOG.log(System.Logger.Level.INFO, "job {0}: this worker infers its stream no more", run.job());
                runs.remove(run.job());
                run.end();
            }
        }
        streams.streams().forEach((job, granted) -> runs.computeIfAbsent(job, _ -> begin(granted)));
        intake.streams(List.copyOf(runs.values()));
    }

    private StreamRun begin(Assignment granted) {
        LOG.log(
                System.Logger.Level.INFO,
                "job {0}: this worker infers its stream with {1} mCPU reserved",
                granted.grant().getJob(),
                granted.grant().getMillicores());
        StreamRun run = new StreamRun(worker, granted, ports, shared);
        run.start();
        return run;
    }

    @Override
    public List<LiveRun> runs() {
        return runs.values().stream().map(StreamRun::report).toList();
    }

    @Override
    public void close() {
        intake.close();
        runs.values().forEach(StreamRun::end);
        try {
            for (StreamRun run : runs.values()) {
                run.join(END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inference.close();
        shared.annotator().close();
    }
}
