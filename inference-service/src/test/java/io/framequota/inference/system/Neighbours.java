package io.framequota.inference.system;

import static org.assertj.core.api.Assertions.fail;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.Command;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.frame.PacketMeta;
import io.framequota.contract.topic.Topics;
import io.framequota.inference.intake.Frame;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plays ingest-service and the scheduler: writes frames and commands, reads reports and results. */
final class Neighbours implements AutoCloseable {
    static final int SIDE = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    final List<WorkerReport> reports = new CopyOnWriteArrayList<>();
    final List<ChunkResult> results = new CopyOnWriteArrayList<>();
    final List<LiveResult> liveResults = new CopyOnWriteArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> deadLetters = new CopyOnWriteArrayList<>();

    Neighbours(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "max.request.size", Topics.MAX_RECORD_BYTES),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> topics = List.of(
                new TopicPartition(Topics.WORKERS, 0),
                new TopicPartition(Topics.DETECTIONS, 0),
                new TopicPartition(Topics.DEAD_LETTERS, 0),
                new TopicPartition(Topics.LIVE_RESULTS, 0));
        consumer.assign(topics);
        consumer.seekToEnd(topics);
        topics.forEach(consumer::position);
    }

    /** A frame; its mark is its first byte. */
    static FrameMeta frame(String job, int chunk, long index) {
        return new FrameMeta(
                job,
                chunk,
                index,
                index * 40.0,
                SIDE,
                SIDE,
                3,
                Encoding.RAW,
                SIDE * 10,
                SIDE * 10,
                0.1,
                0.1,
                0,
                0,
                null,
                null);
    }

    /** Writes a chunk of JPEG frames with these files as values. */
    Chunk writeJpeg(String job, int index, int partition, byte[]... files) {
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            FrameMeta raw = frame(job, index, i);
            FrameMeta meta = new FrameMeta(
                    job,
                    index,
                    i,
                    raw.ptsMs(),
                    SIDE,
                    SIDE,
                    3,
                    Encoding.JPEG,
                    SIDE * 10,
                    SIDE * 10,
                    0.1,
                    0.1,
                    0,
                    0,
                    null,
                    null);
            RecordHeaders headers = new RecordHeaders();
            meta.toHeaders().forEach(headers::add);
            offsets.add(send(new ProducerRecord<>(Topics.FRAMES, partition, null, null, files[i], headers)));
        }
        return chunk(frame(job, index, 0), index, partition, files.length, offsets);
    }

    /** Writes a chunk of frames with these marks. A negative mark makes a frame that could not be decoded. */
    Chunk write(String job, int index, int partition, int... marks) {
        List<FrameMeta> metas = new ArrayList<>();
        for (int i = 0; i < marks.length; i++) {
            metas.add(frame(job, index, 100L * index + i));
        }
        return write(index, partition, metas, marks);
    }

    Chunk write(int index, int partition, List<FrameMeta> metas, int... marks) {
        List<Long> offsets = new ArrayList<>();
        long distinct = metas.stream().map(FrameMeta::index).distinct().count();
        for (int i = 0; i < marks.length; i++) {
            FrameMeta meta = metas.get(i);
            byte[] pixels = new byte[SIDE * SIDE * 3];
            pixels[0] = (byte) marks[i];
            if (marks[i] < 0) {
                pixels = new byte[0];
                meta = new FrameMeta(
                        meta.job(),
                        meta.chunk(),
                        meta.index(),
                        meta.ptsMs(),
                        0,
                        0,
                        3,
                        Encoding.RAW,
                        400,
                        400,
                        1,
                        1,
                        0,
                        0,
                        null,
                        "the decoder gave up");
            }
            RecordHeaders headers = new RecordHeaders();
            meta.toHeaders().forEach(headers::add);
            offsets.add(send(new ProducerRecord<>(Topics.FRAMES, partition, null, null, pixels, headers)));
        }
        return chunk(metas.getFirst(), index, partition, (int) distinct, offsets);
    }

    /** Writes a chunk of raw frames. */
    Chunk write(String job, int index, int partition, List<Frame> frames) {
        List<Long> offsets = new ArrayList<>();
        for (Frame frame : frames) {
            RecordHeaders headers = new RecordHeaders();
            FrameMeta m = frame.meta();
            new FrameMeta(
                            job,
                            index,
                            m.index(),
                            m.ptsMs(),
                            m.width(),
                            m.height(),
                            m.channels(),
                            m.encoding(),
                            m.sourceWidth(),
                            m.sourceHeight(),
                            m.scaleX(),
                            m.scaleY(),
                            m.offsetX(),
                            m.offsetY(),
                            m.stream(),
                            m.error())
                    .toHeaders()
                    .forEach(headers::add);
            offsets.add(send(new ProducerRecord<>(Topics.FRAMES, partition, null, null, frame.pixels(), headers)));
        }
        return chunk(frame(job, index, frames.getFirst().meta().index()), index, partition, frames.size(), offsets);
    }

    /** Writes a chunk of packets, the last one twice. */
    Chunk writePackets(String job, int index, int partition, PacketBatch chunk) {
        List<Long> offsets = new ArrayList<>();
        List<AccessUnit> units = chunk.getUnitsList();
        int half = units.size() / 2;
        List<PacketBatch> records = List.of(
                PacketBatch.newBuilder()
                        .setStream(chunk.getStream())
                        .addAllUnits(units.subList(0, half))
                        .build(),
                PacketBatch.newBuilder()
                        .addAllUnits(units.subList(half, units.size()))
                        .build());
        for (int sequence : new int[] {0, 1, 1}) {
            RecordHeaders headers = new RecordHeaders();
            new PacketMeta(job, index, sequence).toHeaders().forEach(headers::add);
            byte[] value = records.get(sequence).toByteArray();
            offsets.add(send(new ProducerRecord<>(Topics.FRAMES, partition, null, null, value, headers)));
        }
        int frames = (int)
                units.stream().filter(u -> u.getFrame() >= 0 && u.getInfer()).count();
        return chunk(frame(job, index, units.getFirst().getFrame()), index, partition, frames, offsets);
    }

    private static Chunk chunk(FrameMeta first, int index, int partition, int frames, List<Long> offsets) {
        return Chunk.newBuilder()
                .setJob(first.job())
                .setIndex(index)
                .setFirstFrame(first.index())
                .setFrames(frames)
                .setPartition(partition)
                .setFirstOffset(offsets.getFirst())
                .setLastOffset(offsets.getLast())
                .build();
    }

    static Grant grant(Chunk chunk, int attempt) {
        return Grant.newBuilder()
                .setChunk(chunk)
                .setAttempt(attempt)
                .setModel("marks")
                .setMillicores(1000)
                .build();
    }

    static GrantRef ref(Grant grant) {
        return GrantRef.newBuilder()
                .setJob(grant.getChunk().getJob())
                .setChunk(grant.getChunk().getIndex())
                .setAttempt(grant.getAttempt())
                .build();
    }

    /** Writes a packet of a stream and returns its offset. */
    long writeLive(int partition, LivePacket packet) {
        return send(new ProducerRecord<>(
                Topics.LIVE, partition, packet.getJob().getBytes(StandardCharsets.UTF_8), packet.toByteArray()));
    }

    void command(long epoch, Grant grant) {
        command(Command.newBuilder().setEpoch(epoch).setWorker("worker-7").setGrant(grant));
    }

    void command(Command.Builder command) {
        send(new ProducerRecord<>(Topics.GRANTS, 0, null, command.build().toByteArray()));
    }

    private long send(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get().offset();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a report of a grant. */
    WorkerReport await(WorkerReport.Kind kind, Grant grant) {
        return await(
                kind + " of " + ref(grant),
                r -> r.getKind() == kind && r.getGrant().equals(ref(grant)));
    }

    /** Waits for a report that arrived since this object was created. */
    WorkerReport await(String what, Predicate<WorkerReport> which) {
        await(what, () -> reports.stream().anyMatch(which));
        return reports.stream().filter(which).findFirst().orElseThrow();
    }

    /** Waits for a heartbeat from after the start of a grant that says that the worker runs nothing. */
    void awaitIdleAfter(Grant started) {
        await(
                "heartbeat without " + ref(started),
                () -> reports.stream()
                        .dropWhile(r -> r.getKind() != WorkerReport.Kind.STARTED
                                || !r.getGrant().equals(ref(started)))
                        .anyMatch(r -> r.getKind() == WorkerReport.Kind.HEARTBEAT && !r.hasRunning()));
    }

    void await(String what, BooleanSupplier condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            poll(Duration.ofMillis(20));
            if (System.nanoTime() > until) {
                fail("no " + what + "; reports: "
                        + reports.reversed().stream().limit(12).toList());
            }
        }
    }

    void poll(Duration patience) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            try {
                switch (record.topic()) {
                    case Topics.WORKERS -> reports.add(WorkerReport.parseFrom(record.value()));
                    case Topics.DETECTIONS -> results.add(ChunkResult.parseFrom(record.value()));
                    case Topics.LIVE_RESULTS -> liveResults.add(LiveResult.parseFrom(record.value()));
                    default -> deadLetters.add(record);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    long count(WorkerReport.Kind kind, Grant grant) {
        return reports.stream()
                .filter(r -> r.getKind() == kind && r.getGrant().equals(ref(grant)))
                .count();
    }

    Optional<ChunkResult> result(Grant grant) {
        return results.stream().filter(r -> r.getGrant().equals(ref(grant))).findFirst();
    }

    /** The lines of a result. */
    static List<String> lines(ChunkResult result) {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(result.getMember().toByteArray()))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
    }
}
