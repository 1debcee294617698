package io.framequota.ingest.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.JobRef;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.ListRequest;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.FetchedSourcesProfile;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Uploads of clients that stay connected and stop sending. */
@QuarkusTest
@TestProfile(FetchedSourcesProfile.class)
class StalledUploadIT {
    @Inject
    IngestConfig config;

    @TestHTTPResource
    URI server;

    @Test
    void aStalledGrpcUploadIsAbortedAndDeleted() {
        List<String> before = uploads();
        ManagedChannel channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        try {
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            StreamObserver<UploadRequest> out = JobsGrpc.newStub(channel).upload(new StreamObserver<Job>() {
                @Override
                public void onNext(Job job) {}

                @Override
                public void onError(Throwable t) {
                    end.complete(t);
                }

                @Override
                public void onCompleted() {}
            });
            out.onNext(UploadRequest.newBuilder()
                    .setRequest(SubmitRequest.newBuilder().setSource("v.mp4"))
                    .build());
            out.onNext(UploadRequest.newBuilder()
                    .setData(ByteString.copyFromUtf8("half"))
                    .build());
            Await.until("the upload has started", () -> !uploads().equals(before));

            Await.until("the upload is aborted", end::isDone);
            assertThat(end.join()).hasMessageContaining("the client sent nothing of the upload for 3 s");
            assertThat(uploads()).isEqualTo(before);
            Await.until(
                    "its memory is released",
                    () -> given().get("/q/metrics").asString().contains("framequota_requests_reading_bytes 0.0"));
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aStalledRestUploadIsAbortedAndDeleted() throws IOException {
        List<String> before = uploads();
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
                                    + "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                                    + "Content-Disposition: form-data; name=\"file\"; filename=\"half.mp4\"\r\n\r\n"
                                    + "y".repeat(300_000))
                            .getBytes(StandardCharsets.US_ASCII));
            Await.until("the upload has started", () -> !uploads().equals(before));
            Await.until("the upload is deleted", () -> uploads().equals(before));
        }
    }

    @Test
    void callsWithoutAMessageAndSlowBodiesReleaseTheirMemory() throws Exception {
        ManagedChannel channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        List<Socket> sockets = new ArrayList<>();
        List<ClientCall<JobRef, Job>> calls = new ArrayList<>();
        List<Status> ends = new CopyOnWriteArrayList<>();
        try {
            // With this call type, gRPC sends the headers before there is a message.
            MethodDescriptor<JobRef, Job> get = JobsGrpc.getGetMethod().toBuilder()
                    .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                    .build();
            for (int i = 0; i < 30; i++) {
                ClientCall<JobRef, Job> call = channel.newCall(get, CallOptions.DEFAULT);
                call.start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                ends.add(status);
                            }
                        },
                        new Metadata());
                call.request(1);
                calls.add(call);
            }
            sockets.add(begun("application/json", "{"));
            sockets.add(begun(
                    "multipart/form-data; boundary=x",
                    "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"slow.mp4\"\r\n\r\n"));
            Await.until(
                    "memory is reserved",
                    () -> !given().get("/q/metrics").asString().contains("framequota_requests_reading_bytes 0.0"));

            for (CompletableFuture<String> answer : sockets.stream()
                    .map(s -> CompletableFuture.supplyAsync(() -> answerTo(s), work -> Thread.startVirtualThread(work)))
                    .toList()) {
                assertThat(answer.get(90, TimeUnit.SECONDS)).startsWith("HTTP/1.1 408");
            }
            Await.until("the calls have ended", () -> ends.size() == calls.size());
            assertThat(ends).extracting(Status::getCode).containsAnyOf(Status.Code.DEADLINE_EXCEEDED);
            assertThat(ends).extracting(Status::getCode).doesNotContain(Status.Code.OK, Status.Code.NOT_FOUND);
            Await.until(
                    "its memory is released",
                    () -> given().get("/q/metrics").asString().contains("framequota_requests_reading_bytes 0.0"));
            assertThat(JobsGrpc.newBlockingStub(channel).list(ListRequest.getDefaultInstance()))
                    .isNotNull();
        } finally {
            channel.shutdownNow();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private Socket begun(String type, String body) throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.getOutputStream()
                .write(("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\nContent-Type: "
                                + type + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The status line of the answer to a request that sends one byte a second. */
    private static String answerTo(Socket socket) {
        try {
            socket.setSoTimeout(1000);
            for (int i = 0; i < 80; i++) {
                socket.getOutputStream().write(' ');
                try {
                    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                } catch (SocketTimeoutException e) {
                    // No answer yet.
                }
            }
            return "no answer";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> uploads() {
        Path folder = config.storage().resolve("uploads");
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
