package io.framequota.ingest.job.queue;

import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.drive.DriveSources;
import io.framequota.ingest.job.guard.ReadingGuard;
import io.framequota.ingest.job.ledger.DecodeAheadLimiter;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/**
 * Writes the frames of jobs. Jobs whose frames travel as packets and jobs that are decoded here have slots of their own: the former
 * cost next to nothing here and wait for room on the broker only, so there are many of them.
 */
@Singleton
public final class DecodeQueue {
    /** Jobs whose packets are read at a time. Each has a thread and an open container within FRAMEQUOTA_DECODE_MEMORY. */
    static final int PACKET_JOBS = 256;

    private final DecodeAheadLimiter ahead;
    private final DriveSources drives;
    private final PublishLane packets;
    private final PublishLane pixels;

    DecodeQueue(
            JobStore jobs,
            ChunkStore chunks,
            JobLedger ledger,
            ReadingGuard guard,
            DecodeAheadLimiter ahead,
            SourceStore sources,
            ChunkPublisher publisher,
            DriveSources drives,
            RetentionSweeper retention,
            IngestConfig config,
            MeterRegistry metrics) {
        this.ahead = ahead;
        this.drives = drives;
        PublishWork work = new PublishWork(guard, chunks, ledger, ahead, sources, publisher, drives, retention);
        packets = new PublishLane("packets", true, PACKET_JOBS, jobs, ledger, work, this::wake);
        pixels = new PublishLane("decode", false, config.decodeJobs(), jobs, ledger, work, this::wake);
        Gauge.builder("framequota.decode.jobs", pixels.running(), Map::size)
                .description("Jobs being decoded, each with one scaled frame in memory; at most FRAMEQUOTA_DECODE_JOBS")
                .register(metrics);
        Gauge.builder("framequota.packet.jobs", packets.running(), Map::size)
                .description(
                        "Jobs whose packets are being read, each with one record in memory; at most " + PACKET_JOBS)
                .register(metrics);
    }

    /** Starts to take jobs. */
    public void start() {
        packets.start();
        pixels.start();
    }

    /** Looks for waiting jobs soon. Returns at once. */
    public void wake() {
        packets.wake();
        pixels.wake();
    }

    /** Asks the work on a job to end soon, if there is any, and closes its drive, if it is one. */
    public void stop(String job) {
        packets.stop(job);
        pixels.stop(job);
        drives.close(job);
    }

    /** Asks the work that writes packets of a job to end soon, if there is any. */
    public void stopPackets(String job) {
        packets.stop(job);
    }

    /** Sets the order of the jobs that come first. The others follow by arrival. */
    public void setOrder(List<String> jobs) {
        List<String> order = List.copyOf(jobs);
        ahead.setOrder(order);
        packets.setOrder(order);
        pixels.setOrder(order);
    }

    /** Whether no frames are written now. */
    boolean isIdle() {
        return packets.running().isEmpty() && pixels.running().isEmpty();
    }

    @PreDestroy
    void close() throws InterruptedException {
        packets.close();
        pixels.close();
    }
}
