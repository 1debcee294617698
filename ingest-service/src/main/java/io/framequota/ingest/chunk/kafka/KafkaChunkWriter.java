package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import io.framequota.ingest.chunk.ChunkWriter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Leases a partition of the frames topic to each chunk. A broker that is away keeps the records in the producer, which
 * retries without end; once the bound is reached, decoding waits.
 */
@ApplicationScoped
class KafkaChunkWriter implements ChunkWriter {
    /** Below the producer's own 64 MiB, which also holds half-filled batches of 16 partitions. */
    static final long IN_FLIGHT_BYTES = 40L * 1024 * 1024;

    /** So that tiny frames do not pile up by the million. */
    static final int IN_FLIGHT_RECORDS = 4096;

    /** How often a stop is asked for while waiting. */
    static final long ASK_MS = 100;

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
        Gauge.builder("framequota.frames.partitions.leased", partitions, p -> p.leased(Topics.FRAME_PARTITIONS))
                .description("Partitions of the frames topic that a chunk is being written to; at most "
                        + Topics.FRAME_PARTITIONS)
                .register(metrics);
    }

    @Override
    public OpenChunk begin(String job, BooleanSupplier stopped)
            throws InterruptedException, PassStoppedException, ChunkLostException {
        List<String> wrong = check.wrong();
        if (!wrong.isEmpty()) {
            // Not left to the producer: a batch above the topic's limit it splits and sends again without end.
            throw new ChunkLostException(wrong.getFirst(), true);
        }
        while (!stopped.getAsBoolean()) {
            int partition = partitions.lease(job, ASK_MS);
            if (partition >= 0) {
                return new KafkaOpenChunk(
                        sender, inFlight, partition, () -> partitions.release(partition, job), stopped);
            }
        }
        throw new PassStoppedException();
    }
}
