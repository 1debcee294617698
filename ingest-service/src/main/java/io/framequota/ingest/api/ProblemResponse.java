package io.framequota.ingest.api;

import io.framequota.ingest.failure.RejectedRequestException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** Error responses as {@code application/problem+json} (RFC 9457), with one line for people. */
final class ProblemResponse {
    static final String MEDIA_TYPE = "application/problem+json";
    /** When a client may try again what there were too many of. */
    private static final int RETRY_SECONDS = 10;

    private ProblemResponse() {}

    static Response of(RejectedRequestException e) {
        Response answer = of(status(e.kind()), String.valueOf(e.getMessage()));
        return e.kind() == RejectedRequestException.Kind.TOO_MANY
                ? Response.fromResponse(answer)
                        .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
                        .build()
                : answer;
    }

    static Response of(int status, String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title(status));
        body.put("status", status);
        body.put("detail", detail);
        return Response.status(status).type(MEDIA_TYPE).entity(body).build();
    }

    private static int status(RejectedRequestException.Kind kind) {
        return switch (kind) {
            case MALFORMED -> 400;
            case NOT_FOUND -> 404;
            case UNPROCESSABLE -> 422;
            case CONFLICT -> 409;
            case GONE -> 410;
            case STORAGE_FULL -> 507;
            case TOO_SLOW -> 408;
            case TOO_MANY -> 429;
            case UNAVAILABLE, OVERLOADED -> 503;
        };
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 403 -> "Forbidden";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 429 -> "Too Many Requests";
            case 422 -> "Unprocessable Content";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            case 507 -> "Insufficient Storage";
            default -> "Error";
        };
    }
}
