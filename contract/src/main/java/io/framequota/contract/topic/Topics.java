package io.framequota.contract.topic;

import java.util.List;
import java.util.Map;

/** The Kafka topics of the system, with what each must be created with. Names are stable. */
public final class Topics {
    /** One frame a record: raw 8-bit pixels or a JPEG picture, metadata in CloudEvents headers ({@code FrameMeta}). ingest-service to workers. */
    public static final String FRAMES = "fq.frames";

    /** {@code JobFact}: ingest-service to scheduler. */
    public static final String JOBS = "fq.jobs";

    /** {@code Command}: scheduler to workers. */
    public static final String GRANTS = "fq.grants";

    /** {@code WorkerReport}: workers to scheduler and ingest-service. */
    public static final String WORKERS = "fq.workers";

    /** {@code ChunkResult}: workers to ingest-service, keyed by job. */
    public static final String DETECTIONS = "fq.detections";

    /** Frames whose retries are used up, as they were on {@link #FRAMES}, with a header that says why. */
    public static final String DEAD_LETTERS = "fq.dead-letters";

    /** Largest record, in bytes, that a producer, a consumer and the frames topic let pass: 16 MiB. */
    public static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

    /** Partitions of the frames topic. A partition has one writer at a time, so this bounds the chunks written at once. */
    public static final int FRAME_PARTITIONS = 16;

    /** Room for results that are not committed: several times what the frames that wait for them come to. */
    private static final int DETECTIONS_BYTES = 256 << 20;

    private static final Map<String, String> CONTROL =
            Map.of("retention.ms", "3600000", "segment.bytes", "17825792", "max.message.bytes", "" + MAX_RECORD_BYTES);

    // No result may go by its age: the committer waits for its database as long as it takes. Frames wait for their
    // results and are bounded, so results that wait are too, far below this.
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
                                // Frames go by deleteRecords behind the last commit; the smallest segments that hold
                                // the largest record let the space go with them.
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
                new Topic(DEAD_LETTERS, 1, CONTROL));
    }

    /** A topic to create: its name, number of partitions and Kafka topic configuration. */
    public record Topic(String name, int partitions, Map<String, String> config) {}

    private Topics() {}
}
