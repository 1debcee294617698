package io.framequota.ingest.source;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveNetwork;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;

/** Lets live streams come from the hosts from which other sources may come. */
@ApplicationScoped
public class LiveSourceNetwork implements LiveNetwork {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final InternalAddressCheck internal;
    private final CheckedRequests requests;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    @Inject
    LiveSourceNetwork(IngestConfig config) {
        this(config.fetchInternal());
    }

    /** @param internalAllowed whether internal addresses may be read */
    LiveSourceNetwork(boolean internalAllowed) {
        internal = new InternalAddressCheck(internalAllowed);
        requests = new CheckedRequests(internal);
    }

    @Override
    public InetAddress lookUp(URI address) throws SourceException {
        try {
            return internal.check(address).getFirst();
        } catch (IOException e) {
            throw unreadable(address, e);
        }
    }

    @Override
    public WebStream request(URI address, Duration silence) throws SourceException, InterruptedException {
        try {
            CheckedRequests.Answer answer =
                    requests.get(client, address, silence, Thread.currentThread()::isInterrupted);
            HttpResponse<InputStream> response = answer.response();
            if (response.statusCode() != 200) {
                response.body().close();
                throw new SourceException(address + " answered " + response.statusCode()
                        + "; check the address, its access rights, and that the stream is published");
            }
            return new WebStream(answer.at(), new SilenceLimit(response.body(), silence));
        } catch (IOException e) {
            throw unreadable(address, e);
        }
    }

    private static SourceException unreadable(URI address, IOException e) {
        return new SourceException(
                address + " cannot be read: " + MessageSanitizer.describe(e)
                        + "; check the address, and that the stream is published",
                e);
    }

    @PreDestroy
    void close() {
        client.shutdownNow();
    }
}
