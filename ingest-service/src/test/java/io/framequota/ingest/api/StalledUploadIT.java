package io.framequota.ingest.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.OutsideProfile;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Uploads of clients that stay connected and send nothing more. */
@QuarkusTest
@TestProfile(OutsideProfile.class)
class StalledUploadIT {
    @Inject
    IngestConfig config;

    @TestHTTPResource
    URI server;

    @Test
    void overGrpcItIsGivenUpAndLeavesNothing() {
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
            Await.until("it has begun", () -> !uploads().equals(before));

            Await.until("it is given up", end::isDone);
            assertThat(end.join()).hasMessageContaining("nothing of the upload came for 3 s");
            assertThat(uploads()).isEqualTo(before);
            Await.until(
                    "its memory is given back",
                    () -> given().get("/q/metrics").asString().contains("framequota_requests_reading_bytes 0.0"));
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void overRestItIsGivenUpAndLeavesNothing() throws IOException {
        List<String> before = uploads();
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
                                    + "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                                    + "Content-Disposition: form-data; name=\"file\"; filename=\"half.mp4\"\r\n\r\n"
                                    + "y".repeat(300_000))
                            .getBytes(StandardCharsets.US_ASCII));
            Await.until("it has begun", () -> !uploads().equals(before));
            Await.until("it is removed", () -> uploads().equals(before));
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
