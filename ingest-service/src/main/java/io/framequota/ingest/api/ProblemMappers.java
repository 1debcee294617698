package io.framequota.ingest.api;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.StoreException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps every exception of the REST API to a problem response. None shows a stack trace. */
final class ProblemMappers {
    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    @ServerExceptionMapper
    Response rejected(RejectedRequestException e) {
        return ProblemResponse.of(e);
    }

    @ServerExceptionMapper
    Response databaseFailed(StoreException e) {
        LOG.warnf("a request failed: %s", e.getMessage());
        return ProblemResponse.of(503, "the database does not answer as it should; try again");
    }

    @ServerExceptionMapper
    Response connectionLost(IOException e) {
        return ProblemResponse.of(400, "the request broke off: " + MessageSanitizer.describe(e));
    }

    @ServerExceptionMapper
    Response web(WebApplicationException e) {
        int status = e.getResponse().getStatus();
        return ProblemResponse.of(
                status,
                switch (status) {
                    case 404 -> "there is nothing at this address; /q/openapi lists what there is";
                    case 405 -> "this address does not take that method; /q/openapi lists what there is";
                    case 406 -> "none of the accepted media types can be given";
                    case 415 -> "send application/json or multipart/form-data";
                    case 400 -> "the request is malformed; /q/openapi lists what there is";
                    case 413 -> "the request is longer than this address takes";
                    default -> "the request cannot be answered";
                });
    }

    @ServerExceptionMapper
    Response unexpected(Throwable e) {
        LOG.error("a request failed", e);
        return ProblemResponse.of(500, "the server failed on this request; its log says more");
    }
}
