package io.framequota.contract.topic;

import java.util.List;
import java.util.Map;

/** The Kafka topics of the system and the configuration with which each is created. Names are stable. */
public final class Topics {
    /**
     * Frames from ingest-service to workers, one per record: raw 8-bit pixels or a JPEG picture, with metadata in CloudEvents
     * headers ({@code FrameMeta}).
     */
    public static final String FRAMES = "fq.frames";

    /** {@code JobFact} from ingest-service to the scheduler. */
    public static final String JOBS = "fq.jobs";

    /** {@code Command} from the scheduler to workers. */
    public static final String GRANTS = "fq.grants";

    /** {@code WorkerReport} from workers to the scheduler and ingest-service. */
    public static final String WORKERS = "fq.workers";

    /** {@code ChunkResult} from workers to ingest-service, keyed by job. */
    public static final String DETECTIONS = "fq.detections";

    /** Frames that failed for good, as they were on {@link #FRAMES}, with a header that has the cause. */
    public static final String DEAD_LETTERS = "fq.dead-letters";

    /** {@code LivePacket} from ingest-service to workers, keyed by job. */
    public static final String LIVE = "fq.live";

    /** {@code LiveResult} from workers to ingest-service, keyed by job. */
    public static final String LIVE_RESULTS = "fq.live.results";

    /** {@code LiveAnnotated} from workers to ingest-service, keyed by job. */
    public static final String LIVE_ANNOTATED = "fq.live.annotated";

    /** Partitions of {@link #LIVE}. */
    public static final int LIVE_PARTITIONS = 8;

    /** The largest record in bytes that producers, consumers and the frames topic accept: 16 MiB. */
    public static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

    /**
     * Partitions of the frames topic. A partition has one writer at a time, so this limits the number of chunks written at
     * once.
     */
    public static final int FRAME_PARTITIONS = 16;

    /** Room for results that are not committed: several times the results of all frames that wait. */
    private static final int DETECTIONS_BYTES = 256 << 20;

    private static final Map<String, String> CONTROL =
            Map.of("retention.ms", "3600000", "segment.bytes", "17825792", "max.message.bytes", "" + MAX_RECORD_BYTES);

    // A live packet is worth something for seconds; a reader that is further behind has to begin at a later key
    // picture.
    private static final Map<String, String> STREAMS = Map.of(
            "retention.ms",
            "60000",
            "retention.bytes",
            "" + (64 << 20),
            "segment.bytes",
            "17825792",
            "segment.ms",
            "30000",
            "file.delete.delay.ms",
            "100",
            "max.message.bytes",
            "" + MAX_RECORD_BYTES);

    // Results do not expire by age, because the committer waits for its database as long as necessary. The
    // number of waiting frames is bounded, and so is that of waiting results, far below this size.
    private static final Map<String, String> RESULTS = Map.of(
            "retention.ms",
            "-1",
            "retention.bytes",
            "" + DETECTIONS_BYTES,
            "segment.bytes",
            "17825792",
            "max.message.bytes",
            "" + MAX_RECORD_BYTES);

    /** Every topic, in the order of creation. */
    public static List<Topic> all() {
        return List.of(
                new Topic(
                        FRAMES,
                        FRAME_PARTITIONS,
                        Map.of(
                                "max.message.bytes",
                                "" + MAX_RECORD_BYTES,
                                // deleteRecords removes frames up to the last commit. The smallest segments that
                                // hold the largest record free the space with them.
                                "segment.bytes",
                                "17825792",
                                "retention.ms",
                                "-1",
                                "file.delete.delay.ms",
                                "100",
                                "compression.type",
                                "producer")),
                new Topic(JOBS, 1, CONTROL),
                new Topic(GRANTS, 1, CONTROL),
                new Topic(WORKERS, 1, CONTROL),
                new Topic(DETECTIONS, 1, RESULTS),
                new Topic(DEAD_LETTERS, 1, CONTROL),
                new Topic(LIVE, LIVE_PARTITIONS, STREAMS),
                new Topic(LIVE_RESULTS, 1, CONTROL),
                new Topic(LIVE_ANNOTATED, 1, STREAMS));
    }

    /** A topic to create: its name, its number of partitions and its Kafka configuration. */
    public record Topic(String name, int partitions, Map<String, String> config) {}

    private Topics() {}
}
