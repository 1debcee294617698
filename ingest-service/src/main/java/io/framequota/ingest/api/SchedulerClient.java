package io.framequota.ingest.api;

import io.framequota.common.access.ControlToken;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.report.LeaderAddress;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Forwards requests to the leading scheduler and returns its answers unchanged. */
@Singleton
final class SchedulerClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** For answers that are computed first. */
    private static final Duration COMPUTE_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(1);

    private final String configured;
    private final LeaderAddress leader;
    private final String authorization;
    private @Nullable HttpClient client;

    SchedulerClient(IngestConfig config, LeaderAddress leader) {
        this.configured = config.schedulerUrl().replaceAll("/+$", "");
        this.leader = leader;
        this.authorization = ControlToken.of(config.controlToken()).header();
    }

    Response get(String path) throws InterruptedException {
        return send(request(path, TIMEOUT).GET().build());
    }

    /** Gets an answer that takes long to compute. */
    Response getComputed(String path) throws InterruptedException {
        return send(request(path, COMPUTE_TIMEOUT).GET().build());
    }

    /** Posts a question whose answer takes long to compute. */
    Response post(String path, String json) throws InterruptedException {
        return send(request(path, COMPUTE_TIMEOUT)
                .header("Content-Type", MediaType.APPLICATION_JSON)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    Response put(String path, byte[] json) throws InterruptedException {
        return send(request(path, TIMEOUT)
                .header("Content-Type", MediaType.APPLICATION_JSON)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(json))
                .build());
    }

    /** Whether the scheduler reports that it is ready. */
    boolean isReady() {
        try {
            HttpRequest request =
                    request("/q/health/ready", READY_TIMEOUT).GET().build();
            return client().send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Created on first use, so that the start does not wait for it. */
    private synchronized HttpClient client() {
        HttpClient c = client;
        if (c == null) {
            c = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(READY_TIMEOUT)
                    .build();
            client = c;
        }
        return c;
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(url() + path))
                .header(HttpHeaders.AUTHORIZATION, authorization)
                .timeout(timeout);
    }

    /** Only the leading scheduler can answer. */
    private String url() {
        return leader.get().orElse(configured);
    }

    private Response send(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = client().send(request, HttpResponse.BodyHandlers.ofByteArray());
            return Response.status(answer.statusCode())
                    .type(answer.headers().firstValue("Content-Type").orElse(MediaType.APPLICATION_JSON))
                    .entity(answer.body())
                    .build();
        } catch (IOException e) {
            throw RejectedRequestException.unavailable(
                    "the scheduler does not answer at " + request.uri().getAuthority() + "; try again");
        }
    }
}
