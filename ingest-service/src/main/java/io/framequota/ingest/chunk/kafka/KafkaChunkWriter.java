package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import io.framequota.ingest.chunk.ChunkWriter;
import io.framequota.ingest.chunk.FramesRefusedException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Leases a partition of the frames topic to each chunk. While the broker is away the producer keeps the records and retries without
 * end; once {@link #IN_FLIGHT_BYTES} are unacknowledged, decoding waits.
 */
@ApplicationScoped
class KafkaChunkWriter implements ChunkWriter {
    /** Below the producer's own 64 MiB, which also hold half-filled batches of 16 partitions. */
    static final long IN_FLIGHT_BYTES = 40L * 1024 * 1024;

    /** Bounds the number of very small frames. */
    static final int IN_FLIGHT_RECORDS = 4096;

    /** How often a waiting call asks whether its job is stopped. */
    static final long POLL_MS = 100;

    private final FrameSender sender;
    private final FramesTopicCheck check;
    private final InFlightLimit inFlight = new InFlightLimit(IN_FLIGHT_BYTES, IN_FLIGHT_RECORDS);
    private final PartitionLeases partitions = new PartitionLeases(Topics.FRAME_PARTITIONS);

    @Inject
    KafkaChunkWriter(FrameSender sender, FramesTopicCheck check, MeterRegistry metrics) {
        this.sender = sender;
        this.check = check;
        Gauge.builder("framequota.frames.in.flight.bytes", inFlight, InFlightLimit::bytes)
                .description("Frames handed to the producer and not acknowledged; at most " + IN_FLIGHT_BYTES)
                .register(metrics);
        Gauge.builder("framequota.frames.partitions.leased", partitions, PartitionLeases::leased)
                .description("Partitions of the frames topic that a chunk is being written to; at most "
                        + Topics.FRAME_PARTITIONS)
                .register(metrics);
    }

    @Override
    public OpenChunk begin(String job, BooleanSupplier stopped) throws InterruptedException, FramesRefusedException {
        List<String> problems = check.problems();
        if (!problems.isEmpty()) {
            // The producer would split a batch above the topic's limit and send it again without end.
            throw new FramesRefusedException(problems.getFirst());
        }
        int partition = partitions.lease(job, POLL_MS);
        while (partition < 0) {
            checkStopped(stopped);
            partition = partitions.lease(job, POLL_MS);
        }
        int leased = partition;
        return new KafkaOpenChunk(sender, inFlight, leased, () -> partitions.release(leased, job), stopped);
    }

    static void checkStopped(BooleanSupplier stopped) throws InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new InterruptedException("the job is stopped");
        }
    }
}
