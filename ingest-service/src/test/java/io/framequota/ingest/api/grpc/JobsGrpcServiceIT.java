package io.framequota.ingest.api.grpc;

import static io.framequota.ingest.testing.Client.frames;
import static io.framequota.ingest.testing.Client.gunzip;
import static io.framequota.ingest.testing.Client.numbers;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.google.protobuf.ByteString;
import io.framequota.contract.v1.DetectionsPart;
import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.JobRef;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.ListRequest;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The public service over gRPC, on the HTTP port. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class JobsGrpcServiceIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @TestHTTPResource
    URI server;

    private FakeWorker worker;
    private ManagedChannel channel;
    private JobsGrpc.JobsBlockingStub jobs;

    @BeforeEach
    void start() {
        worker = new FakeWorker(bootstrap);
        channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        jobs = JobsGrpc.newBlockingStub(channel);
        Client.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        worker.close();
        channel.shutdownNow();
    }

    @Test
    void anUploadRunsAndItsResultIsStreamed() throws Exception {
        // Much more than one message, so that the stream has to wait for the client.
        String padding = " ".repeat(100_000);
        List<UploadRequest> messages = new ArrayList<>();
        messages.add(UploadRequest.newBuilder()
                .setRequest(SubmitRequest.newBuilder().setSource("v.mp4").putLabels("k", "v"))
                .build());
        messages.add(data("frames=25"));
        for (int i = 0; i < 200; i++) {
            messages.add(data(padding));
        }

        Job job = upload(messages);

        assertThat(job.getSource()).isEqualTo("v.mp4");
        assertThat(job.getLabelsMap()).containsEntry("k", "v");
        ByteString result = ByteString.EMPTY;
        Iterator<DetectionsPart> parts = jobs.detections(ref(job.getId()));
        while (parts.hasNext()) {
            result = result.concat(parts.next().getMember());
        }
        assertThat(frames(gunzip(result.toByteArray()))).isEqualTo(numbers(0, 25));
        Job done = jobs.get(ref(job.getId()));
        assertThat(done.getState()).isEqualTo("SUCCEEDED");
        assertThat(done.getFrames()).isEqualTo(25);
        assertThat(done.getEndedAtMs()).isGreaterThanOrEqualTo(done.getSubmittedAtMs());
    }

    @Test
    void aSubmissionCanSelectAStreamOfTheSource() {
        SubmitRequest.Builder request = SubmitRequest.newBuilder().setSource("sample:walkers");
        String any = jobs.submit(request.build()).getId();
        String first = jobs.submit(request.setStream(0).build()).getId();

        given().get("/api/v1/jobs/" + any).then().body("stream", nullValue());
        given().get("/api/v1/jobs/" + first).then().body("stream", equalTo(0));
        assertThatThrownBy(() -> jobs.submit(request.setStream(-1).build())).hasMessageContaining("stream is -1");
        jobs.watch(ref(any)).forEachRemaining(job -> {});
        jobs.watch(ref(first)).forEachRemaining(job -> {});
    }

    @Test
    void aWatchEndsWithTheJob() {
        Job job = jobs.submit(
                SubmitRequest.newBuilder().setSource("sample:walkers").build());

        List<Job> seen = new ArrayList<>();
        jobs.watch(ref(job.getId())).forEachRemaining(seen::add);

        assertThat(seen.getLast().getState()).isEqualTo("SUCCEEDED");
        assertThat(jobs.list(ListRequest.newBuilder().setState("SUCCEEDED").build())
                        .getJobsList())
                .extracting(Job::getId)
                .contains(job.getId());
    }

    @Test
    void anIdempotencyKeyCreatesOneJob() throws Exception {
        SubmitRequest request = SubmitRequest.newBuilder()
                .setSource("v.mp4")
                .setIdempotencyKey("grpc-1")
                .build();
        List<UploadRequest> messages =
                List.of(UploadRequest.newBuilder().setRequest(request).build(), data("frames=5"));

        assertThat(upload(messages).getId()).isEqualTo(upload(messages).getId());
    }

    @Test
    void onlyAJobThatHasEndedIsRedriven() {
        worker.does(c -> false);
        Job job = jobs.submit(
                SubmitRequest.newBuilder().setSource("sample:walkers").build());

        assertThat(jobs.cancel(ref(job.getId())).getState()).isEqualTo("CANCELLED");
        assertThat(jobs.redrive(ref(job.getId())).getState()).isEqualTo("QUEUED");
        assertThatThrownBy(() -> jobs.redrive(ref(job.getId()))).hasMessageStartingWith("FAILED_PRECONDITION: job ");
    }

    /** What grpcurl asks first. */
    @Test
    void servicesAndTheirMessagesAreFoundByReflection() throws Exception {
        assertThat(reflected(r -> r.setListServices("")).getListServicesResponse().getServiceList().stream()
                        .map(ServiceResponse::getName))
                .contains("framequota.v1.Jobs");
        ServerReflectionResponse file = reflected(r -> r.setFileContainingSymbol("framequota.v1.Jobs"));
        assertThat(file.getFileDescriptorResponse().getFileDescriptorProto(0).toStringUtf8())
                .contains("SubmitRequest");
    }

    private ServerReflectionResponse reflected(Consumer<ServerReflectionRequest.Builder> question) throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable e) {
                        answer.completeExceptionally(e);
                    }

                    @Override
                    public void onCompleted() {}
                });
        ServerReflectionRequest.Builder request = ServerReflectionRequest.newBuilder();
        question.accept(request);
        requests.onNext(request.build());
        try {
            return answer.get(20, TimeUnit.SECONDS);
        } finally {
            requests.onCompleted();
        }
    }

    @Test
    void rejectionsHaveACodeAndALine() {
        assertThatThrownBy(() -> jobs.get(ref("none"))).hasMessage("NOT_FOUND: there is no job none");
        assertThatThrownBy(() -> jobs.watch(ref("none")).next()).hasMessage("NOT_FOUND: there is no job none");
        assertThatThrownBy(() -> jobs.detections(ref("none")).next()).hasMessage("NOT_FOUND: there is no job none");
        assertThatThrownBy(() -> jobs.submit(
                        SubmitRequest.newBuilder().setSource("/etc/passwd").build()))
                .hasMessageStartingWith("INVALID_ARGUMENT: source");
        assertThatThrownBy(() -> upload(List.of(data("frames=1"))))
                .hasRootCauseMessage("INVALID_ARGUMENT: the first message must carry the request");
        assertThatThrownBy(() -> upload(List.of(UploadRequest.newBuilder()
                        .setRequest(SubmitRequest.newBuilder().setSource("v").setModel("nobody"))
                        .build())))
                .hasRootCauseMessage("INVALID_ARGUMENT: no model \"nobody\"; known models are people");
    }

    private Job upload(List<UploadRequest> messages) throws Exception {
        CompletableFuture<Job> answer = new CompletableFuture<>();
        StreamObserver<UploadRequest> out = JobsGrpc.newStub(channel).upload(new StreamObserver<>() {
            @Override
            public void onNext(Job job) {
                answer.complete(job);
            }

            @Override
            public void onError(Throwable t) {
                answer.completeExceptionally(t);
            }

            @Override
            public void onCompleted() {}
        });
        messages.forEach(out::onNext);
        out.onCompleted();
        return answer.get(30, TimeUnit.SECONDS);
    }

    private static UploadRequest data(String text) {
        return UploadRequest.newBuilder().setData(ByteString.copyFromUtf8(text)).build();
    }

    private static JobRef ref(String id) {
        return JobRef.newBuilder().setId(id).build();
    }
}
