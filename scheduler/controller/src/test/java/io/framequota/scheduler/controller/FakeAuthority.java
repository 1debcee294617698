package io.framequota.scheduler.controller;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.ControlToken;
import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.DecodeOrder;
import io.framequota.contract.control.DecodeOrderTaken;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.JobFailed;
import io.framequota.contract.control.JobFailure;
import io.framequota.contract.control.JobState;
import io.framequota.contract.control.JobView;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Learnt;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.LessonsKept;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.contract.control.Probed;
import io.framequota.contract.topic.Topics;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Stands in for ingest-service: jobs in memory instead of a database, but the real gRPC service and the real topic of facts. */
final class FakeAuthority extends AuthorityGrpc.AuthorityImplBase implements AutoCloseable {
    /** What a scheduler has to show. */
    static final String TOKEN = "a-token-of-this-test";

    private static final class Job {
        final JobView.Builder view;
        final TreeMap<Integer, Chunk> open = new TreeMap<>();
        final Map<Integer, Long> committed = new TreeMap<>();
        boolean ended;
        String failure = "";

        Job(JobView.Builder view) {
            this.view = view;
        }
    }

    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final List<LeadRequest> leads = new ArrayList<>();
    private final KafkaProducer<String, byte[]> producer;
    private final AtomicInteger refused = new AtomicInteger();
    private Server server;
    private final int port;
    private long epoch;
    private long arrivals;
    private PolicyChoice kept = PolicyChoice.getDefaultInstance();
    private List<Learnt> learnt = List.of();
    private List<String> wanted = List.of();

    FakeAuthority(String bootstrap) throws IOException {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                new StringSerializer(),
                new ByteArraySerializer());
        server = serve(0);
        port = server.getPort();
    }

    private Server serve(int at) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", at))
                .addService(this)
                .intercept(new Gate())
                .build()
                .start();
    }

    /** Refuses who does not show the token, and counts them. */
    private final class Gate implements ServerInterceptor {
        private final BearerToken token = ControlToken.of(TOKEN);

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (token.matches(headers)) {
                return next.startCall(call, headers);
            }
            refused.incrementAndGet();
            call.close(Status.UNAUTHENTICATED.withDescription("no token"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    /** Calls that did not show the token. */
    int refused() {
        return refused.get();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** The process goes away, and with it the connection. */
    void goAway() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    void comeBack() throws IOException {
        server = serve(port);
    }

    @Override
    public synchronized void lead(LeadRequest request, StreamObserver<Leadership> answer) {
        leads.add(request);
        if (request.getEpoch() == 0 || request.getEpoch() != epoch) {
            epoch++;
            follow(request);
        }
        Leadership.Builder leadership =
                Leadership.newBuilder().setEpoch(epoch).setLastArrival(arrivals).addAllLearnt(learnt);
        leadership.setPolicy(kept);
        for (Job job : jobs.values()) {
            if (!job.ended) {
                leadership.addJobs(view(job));
            }
        }
        answer.onNext(leadership.build());
        answer.onCompleted();
    }

    private void follow(LeadRequest request) {
        if (!request.getStart().equals(kept.getStart())) {
            PolicyChoice.Builder next = kept.toBuilder().setStart(request.getStart());
            if (!request.getPolicy().isEmpty()) {
                next.clearParameters().setPolicy(request.getPolicy());
            }
            kept = request.getActuator().isEmpty()
                    ? next.build()
                    : next.setActuator(request.getActuator()).build();
        }
    }

    private static JobView view(Job job) {
        return job.view
                .clone()
                .setChunks(job.open.size() + job.committed.size())
                .addAllOpen(job.open.values())
                .build();
    }

    @Override
    public synchronized void keepPolicy(PolicyChoice choice, StreamObserver<PolicyChoice> answer) {
        if (choice.getEpoch() != epoch) {
            answer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
            return;
        }
        kept = choice.toBuilder().setStart(kept.getStart()).build();
        answer.onNext(choice);
        answer.onCompleted();
    }

    @Override
    public synchronized void keepLearnt(Lessons lessons, StreamObserver<LessonsKept> answer) {
        if (lessons.getEpoch() != epoch) {
            answer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
            return;
        }
        learnt = lessons.getLearntList();
        answer.onNext(LessonsKept.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public synchronized void decodeNext(DecodeOrder order, StreamObserver<DecodeOrderTaken> answer) {
        if (order.getEpoch() != epoch) {
            answer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
            return;
        }
        wanted = order.getJobsList();
        answer.onNext(DecodeOrderTaken.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public synchronized void failJob(JobFailure failure, StreamObserver<JobFailed> answer) {
        if (failure.getEpoch() != epoch) {
            answer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
            return;
        }
        Job job = jobs.get(failure.getJob());
        job.ended = true;
        job.failure = failure.getCause();
        fact(JobFact.newBuilder().setJob(failure.getJob()).setEnded(JobState.FAILED));
        answer.onNext(JobFailed.newBuilder().setState(JobState.FAILED).build());
        answer.onCompleted();
    }

    void submit(String id) {
        submit(id, ScriptedWorker.MODEL);
    }

    synchronized void submit(String id, String model) {
        Job job = new Job(JobView.newBuilder().setId(id).setArrival(++arrivals).setModel(model));
        jobs.put(id, job);
        fact(JobFact.newBuilder().setJob(id).setSubmitted(view(job)));
    }

    /** A live job, whose stream is not open yet. */
    synchronized void submitLive(String id) {
        Job job = new Job(JobView.newBuilder()
                .setId(id)
                .setArrival(++arrivals)
                .setModel(ScriptedWorker.MODEL)
                .setLive(true));
        jobs.put(id, job);
        fact(JobFact.newBuilder().setJob(id).setSubmitted(view(job)));
    }

    /** The stream of a live job is open, or has changed. */
    synchronized void openLive(String id, LiveStream stream) {
        jobs.get(id).view.setStream(stream);
        fact(JobFact.newBuilder().setJob(id).setLive(stream));
    }

    /** The publisher of a live job is gone. */
    synchronized void loseLive(String id) {
        jobs.get(id).view.clearStream();
        fact(JobFact.newBuilder().setJob(id).setLiveLost(true));
    }

    /** A live job is cancelled. */
    synchronized void cancel(String id) {
        jobs.get(id).ended = true;
        fact(JobFact.newBuilder().setJob(id).setEnded(JobState.CANCELLED));
    }

    /** A job's source is probed. */
    synchronized void probed(String id, long frames) {
        Probed probed = Probed.newBuilder().setExpectedFrames(frames).build();
        jobs.get(id).view.setExpectedFrames(frames).setProbed(probed);
        fact(JobFact.newBuilder().setJob(id).setProbed(probed));
    }

    /** What the leader wants decoded next. */
    synchronized List<String> wanted() {
        return wanted;
    }

    /** A chunk is in the database; with {@code told} the scheduler hears of it. */
    synchronized void chunk(String id, int index, boolean told) {
        Chunk chunk = Chunk.newBuilder()
                .setJob(id)
                .setIndex(index)
                .setFrames(8)
                .setFirstFrame(8L * index)
                .setFirstOffset(8L * index)
                .setLastOffset(8L * index + 7)
                .build();
        jobs.get(id).open.put(index, chunk);
        if (told) {
            fact(JobFact.newBuilder().setJob(id).setChunkReady(chunk));
        }
    }

    synchronized void decoded(String id) {
        Job job = jobs.get(id);
        job.view.setDecoded(true);
        fact(JobFact.newBuilder().setJob(id).setDecoded(job.open.size() + job.committed.size()));
        end(id);
    }

    /** A job with all its chunks. */
    void submit(String id, int chunks) {
        submit(id);
        for (int i = 0; i < chunks; i++) {
            chunk(id, i, true);
        }
        decoded(id);
    }

    /** A worker's result of this epoch; a result of an older leader is refused. */
    synchronized void result(long resultEpoch, String id, int index) {
        Job job = jobs.get(id);
        if (resultEpoch != epoch || job.ended || job.open.remove(index) == null) {
            return;
        }
        job.committed.put(index, resultEpoch);
        fact(JobFact.newBuilder().setJob(id).setChunkCommitted(index));
        end(id);
    }

    private void end(String id) {
        Job job = jobs.get(id);
        if (job.view.getDecoded() && job.open.isEmpty() && !job.ended) {
            job.ended = true;
            fact(JobFact.newBuilder().setJob(id).setEnded(JobState.SUCCEEDED));
        }
    }

    synchronized boolean ended(String id) {
        return jobs.get(id).ended;
    }

    synchronized String failure(String id) {
        return jobs.get(id).failure;
    }

    synchronized int committed(String id) {
        return jobs.get(id).committed.size();
    }

    /** Which epochs' results a job is made of, by chunk. */
    synchronized Map<Integer, Long> committedBy(String id) {
        return Map.copyOf(jobs.get(id).committed);
    }

    synchronized List<LeadRequest> leads() {
        return List.copyOf(leads);
    }

    synchronized long epoch() {
        return epoch;
    }

    synchronized PolicyChoice kept() {
        return kept;
    }

    /** What a scheduler has measured and kept here. */
    synchronized List<Learnt> learnt() {
        return learnt;
    }

    /** Another scheduler takes the lead. */
    synchronized long newerLeader() {
        return ++epoch;
    }

    private void fact(JobFact.Builder fact) {
        producer.send(new ProducerRecord<>(Topics.JOBS, fact.build().toByteArray()));
        producer.flush();
    }

    @Override
    public void close() {
        try {
            goAway();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
        producer.close();
    }
}
