package io.framequota.scheduler.controller.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

/** A problem detail object (RFC 9457); {@code detail} is one line for people. */
public record HttpProblem(String type, String title, int status, String detail) {
    private static final String NO_TYPE = "about:blank";

    /** Response while this scheduler does not lead. */
    static WebApplicationException notLeading() {
        return of(Response.Status.SERVICE_UNAVAILABLE, "the scheduler does not lead yet; try again in a moment");
    }

    static WebApplicationException of(Response.Status status, String detail) {
        HttpProblem problem = new HttpProblem(NO_TYPE, status.getReasonPhrase(), status.getStatusCode(), detail);
        return new WebApplicationException(
                detail,
                Response.status(status)
                        .type("application/problem+json")
                        .entity(problem)
                        .build());
    }
}
