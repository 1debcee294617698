package io.framequota.ingest.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Timings;
import io.framequota.contract.control.UnusableModel;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.contract.topic.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plays the scheduler and one worker over the real broker. It reads the events of {@code fq.jobs} and sends a result for every
 * ready chunk, without reading any frame: each frame has one detection whose box tells the frame's index. Its heartbeats announce
 * the model {@code people}.
 */
public final class FakeWorker implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<JobFact> facts = new CopyOnWriteArrayList<>();
    /** By job, the number above which attempts begin. */
    private final Map<String, Integer> bases = new ConcurrentHashMap<>();

    private final Thread thread;
    private volatile Predicate<Chunk> does = c -> true;
    private volatile boolean stopped;
    private volatile WorkerReport heartbeat = WorkerReport.newBuilder()
            .setWorker("worker-0")
            .setInstance("a")
            .setKind(WorkerReport.Kind.HEARTBEAT)
            .setReady(true)
            .addModels(ModelCard.newBuilder()
                    .setName("people")
                    .setFit(ModelCard.Fit.NATIVE)
                    .setPostprocess("hog")
                    .addLabels("person"))
            .addUnusable(UnusableModel.newBuilder()
                    .setName("misspelt")
                    .setReason("framequota.postprocess is 'yolx', not yolox"))
            .build();

    /** Starts the worker. */
    public FakeWorker(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "max.request.size", Topics.MAX_RECORD_BYTES),
                new StringSerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new ByteArrayDeserializer());
        TopicPartition jobs = new TopicPartition(Topics.JOBS, 0);
        consumer.assign(List.of(jobs));
        consumer.seekToEnd(List.of(jobs));
        consumer.position(jobs);
        thread = Thread.ofPlatform().name("fake-worker").daemon().start(this::run);
    }

    /** Restricts the chunks that the worker infers from now on. It never infers the others. */
    public void does(Predicate<Chunk> which) {
        does = which;
    }

    /** Reports in every heartbeat that it runs this chunk and has inferred this number of its frames. */
    public void running(String job, int chunk, int frames) {
        heartbeat = heartbeat.toBuilder()
                .setRunning(GrantRef.newBuilder().setJob(job).setChunk(chunk).setAttempt(1))
                .setRunningFrames(frames)
                .build();
    }

    /** Reports in every heartbeat that it infers the stream of this job. */
    public void streams(String job) {
        heartbeat =
                heartbeat.toBuilder().addLive(LiveRun.newBuilder().setJob(job)).build();
    }

    /** The events of a job so far. */
    public List<JobFact> facts(String job) {
        return facts.stream().filter(f -> f.getJob().equals(job)).toList();
    }

    /** Sends a result. */
    public void send(ChunkResult result) {
        producer.send(new ProducerRecord<>(Topics.DETECTIONS, result.getGrant().getJob(), result.toByteArray()));
        producer.flush();
    }

    /** Sends bytes as a result. */
    public void sendBytes(ByteString value) {
        producer.send(new ProducerRecord<>(Topics.DETECTIONS, "", value.toByteArray()));
        producer.flush();
    }

    /** The result of a chunk in one attempt of one epoch. */
    public static ChunkResult result(Chunk chunk, int attempt, long epoch) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < chunk.getFrames(); i++) {
            long frame = chunk.getFirstFrame() + i;
            new ResultLine(
                            frame,
                            frame * 40.0,
                            List.of(new Detection("person", 0, 0.75f, frame, 10, frame + 20.5f, 60)),
                            null,
                            null)
                    .appendTo(lines);
        }
        return ChunkResult.newBuilder()
                .setGrant(GrantRef.newBuilder()
                        .setJob(chunk.getJob())
                        .setChunk(chunk.getIndex())
                        .setAttempt(attempt))
                .setEpoch(epoch)
                .setWorker("worker-0")
                .setFirstFrame(chunk.getFirstFrame())
                .setFrames(chunk.getFrames())
                .setDetections(chunk.getFrames())
                .setMember(gzip(lines))
                .setTimings(Timings.newBuilder()
                        .setModelUs(14_000L * chunk.getFrames())
                        .setPreprocessUs(100)
                        .setPostprocessUs(200)
                        .setTransportUs(300)
                        .setWaitUs(5000))
                .setTransport("raw")
                .build();
    }

    private static ByteString gzip(StringBuilder lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private void run() {
        long nextBeat = 0;
        while (!stopped) {
            if (System.nanoTime() - nextBeat >= 0) {
                producer.send(new ProducerRecord<>(Topics.WORKERS, "worker-0", heartbeat.toByteArray()));
                nextBeat = System.nanoTime() + 300_000_000L;
            }
            consumer.poll(Duration.ofMillis(50)).forEach(r -> fact(r.value()));
        }
        consumer.close();
        producer.close(Duration.ofSeconds(1));
    }

    private void fact(byte[] value) {
        try {
            JobFact fact = JobFact.parseFrom(value);
            facts.add(fact);
            if (fact.hasSubmitted()) {
                bases.put(fact.getJob(), fact.getSubmitted().getAttemptsBase());
            }
            if (fact.hasChunkReady() && does.test(fact.getChunkReady())) {
                send(result(fact.getChunkReady(), 1 + bases.getOrDefault(fact.getJob(), 0), Long.MAX_VALUE));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
