package io.framequota.scheduler.controller;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.topic.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A worker on the real topics that pretends to infer: a grant takes a fixed time, or as long as the test holds it. */
final class ScriptedWorker implements AutoCloseable {
    static final String MODEL = "people";
    private static final long HEARTBEAT_NANOS = 500_000_000;
    /** Frames of a stream from one heartbeat to the next; one more is dropped. */
    private static final long STREAM_FRAMES = 10;

    final String name;
    final String instance = UUID.randomUUID().toString();
    /** Grants received for the first time, in order. */
    final List<Grant> granted = new CopyOnWriteArrayList<>();

    final List<GrantRef> revoked = new CopyOnWriteArrayList<>();
    volatile long epochSeen;
    /** While true, what runs does not come to an end. */
    volatile boolean holding;

    volatile Predicate<Grant> fails = g -> false;
    /** Whether a result is lost on its way. */
    volatile Predicate<Grant> loses = g -> false;

    /** The streams that it infers, and the epoch that last told it so. Kept when another leader announces itself. */
    final Map<String, LiveGrant> streams = new ConcurrentHashMap<>();

    final Map<String, Long> streamEpochs = new ConcurrentHashMap<>();
    /** Core-seconds of a stream's frame. */
    volatile double streamFrameS = 0.02;

    /** Dead without a word. */
    private volatile boolean silent;

    private volatile boolean closed;
    private final long chunkNanos;
    private final FakeAuthority authority;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;
    private final Set<GrantRef> known = new HashSet<>();
    private final Map<String, Long> streamFrames = new ConcurrentHashMap<>();
    private final Thread thread;
    private Grant running;
    private Grant waiting;
    private long startedNanos;
    private long beatNanos = System.nanoTime() - HEARTBEAT_NANOS;

    ScriptedWorker(String bootstrap, String name, FakeAuthority authority, long chunkMillis) {
        this.name = name;
        this.authority = authority;
        this.chunkNanos = chunkMillis * 1_000_000;
        consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        TopicPartition grants = new TopicPartition(Topics.GRANTS, 0);
        consumer.assign(List.of(grants));
        consumer.seekToEnd(List.of(grants));
        consumer.position(grants);
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                new StringSerializer(),
                new ByteArraySerializer());
        thread = Thread.ofPlatform().name(name).start(this::run);
    }

    /** kill -9. */
    void die() {
        silent = true;
    }

    private void run() {
        while (!closed) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(5))) {
                if (!silent) {
                    on(parse(record.value()));
                }
            }
            if (!silent) {
                step();
            }
        }
    }

    private static Command parse(byte[] record) {
        try {
            return Command.parseFrom(record);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private void on(Command command) {
        if (command.getEpoch() < epochSeen) {
            return;
        }
        if (command.getEpoch() > epochSeen) {
            epochSeen = command.getEpoch();
            running = null;
            waiting = null;
        }
        if (!command.getWorker().isEmpty() && !command.getWorker().equals(name)) {
            return;
        }
        switch (command.getCommandCase()) {
            case GRANT -> grant(command.getGrant());
            case REVOKE -> revoke(command.getRevoke());
            case DROP_JOB -> drop(command.getDropJob());
            case LIVE -> {
                streams.put(command.getLive().getJob(), command.getLive());
                streamEpochs.put(command.getLive().getJob(), command.getEpoch());
            }
            case LIVE_STOP -> {
                streams.remove(command.getLiveStop());
                streamFrames.remove(command.getLiveStop());
            }
            default -> {}
        }
    }

    private void grant(Grant grant) {
        if (!known.add(ref(grant))) {
            return;
        }
        granted.add(grant);
        if (running == null) {
            start(grant);
        } else if (waiting == null) {
            waiting = grant;
        } else {
            throw new IllegalStateException("a third grant at " + name);
        }
    }

    private void start(Grant grant) {
        running = grant;
        startedNanos = System.nanoTime();
        report(WorkerReport.Kind.STARTED, ref(grant));
    }

    private void revoke(GrantRef ref) {
        if (running != null && ref(running).equals(ref)) {
            report(WorkerReport.Kind.STARTED, ref);
            return;
        }
        if (waiting != null && ref(waiting).equals(ref)) {
            waiting = null;
        }
        revoked.add(ref);
        report(WorkerReport.Kind.REVOKED, ref);
    }

    private void drop(String job) {
        if (waiting != null && waiting.getChunk().getJob().equals(job)) {
            waiting = null;
        }
        if (running != null && running.getChunk().getJob().equals(job)) {
            running = null;
            next();
        }
    }

    private void step() {
        if (running != null && !holding && System.nanoTime() - startedNanos >= chunkNanos) {
            Grant done = running;
            running = null;
            if (fails.test(done)) {
                report(WorkerReport.Kind.FAILED, ref(done));
            } else {
                if (!loses.test(done)) {
                    authority.result(
                            epochSeen, done.getChunk().getJob(), done.getChunk().getIndex());
                }
                send(base(WorkerReport.Kind.FINISHED)
                        .setEpoch(epochSeen)
                        .setGrant(ref(done))
                        .setFrames(done.getChunk().getFrames()));
            }
            next();
        }
        if (System.nanoTime() - beatNanos >= HEARTBEAT_NANOS) {
            beatNanos = System.nanoTime();
            heartbeat(epochSeen);
        }
    }

    private void next() {
        Grant following = waiting;
        waiting = null;
        if (following != null) {
            start(following);
        }
    }

    /** A heartbeat that claims to have seen an epoch. */
    private void heartbeat(long epoch) {
        WorkerReport.Builder beat = base(WorkerReport.Kind.HEARTBEAT)
                .setEpoch(epoch)
                .setReady(true)
                .setCores(1)
                .setCompute(CpuUse.newBuilder().setThrottledUs(250_000).setCpuUs(1_500_000))
                .addModels(ModelCard.newBuilder().setName(MODEL));
        if (running != null) {
            beat.setRunning(ref(running));
        }
        if (waiting != null) {
            beat.setWaiting(ref(waiting));
        }
        streams.forEach((job, grant) -> {
            long frames = streamFrames.merge(job, STREAM_FRAMES, Long::sum);
            beat.addLive(LiveRun.newBuilder()
                    .setJob(job)
                    .setFrames(frames)
                    .setDropped(frames / STREAM_FRAMES)
                    .setCoreSeconds(frames * streamFrameS));
        });
        send(beat);
    }

    private void report(WorkerReport.Kind kind, GrantRef grant) {
        send(base(kind)
                .setEpoch(epochSeen)
                .setGrant(grant)
                .setCause("scripted")
                .setFirstFrameAtUs(System.currentTimeMillis() * 1000));
    }

    private WorkerReport.Builder base(WorkerReport.Kind kind) {
        return WorkerReport.newBuilder().setWorker(name).setInstance(instance).setKind(kind);
    }

    private void send(WorkerReport.Builder report) {
        producer.send(new ProducerRecord<>(Topics.WORKERS, report.build().toByteArray()));
    }

    private static GrantRef ref(Grant grant) {
        return GrantRef.newBuilder()
                .setJob(grant.getChunk().getJob())
                .setChunk(grant.getChunk().getIndex())
                .setAttempt(grant.getAttempt())
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        consumer.close();
        producer.close();
    }
}
