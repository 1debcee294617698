package io.framequota.scheduler.controller.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

/** An error as RFC 9457 says; {@code detail} is one line for people. */
public record HttpProblem(String title, int status, String detail) {
    /** The answer while the scheduler has no say. */
    static WebApplicationException notLeading() {
        return of(Response.Status.SERVICE_UNAVAILABLE, "the scheduler does not lead yet; try again in a moment");
    }

    /** The answer to a request that cannot be served. */
    static WebApplicationException of(Response.Status status, String detail) {
        HttpProblem problem = new HttpProblem(status.getReasonPhrase(), status.getStatusCode(), detail);
        return new WebApplicationException(
                detail,
                Response.status(status)
                        .type("application/problem+json")
                        .entity(problem)
                        .build());
    }
}
