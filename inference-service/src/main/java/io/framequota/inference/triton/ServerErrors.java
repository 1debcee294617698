package io.framequota.inference.triton;

import io.grpc.Status;

/** The meaning of the server's status codes for a worker. */
final class ServerErrors {

    /** The server is not reachable or its queue is full; either may end soon. */
    static boolean serverAway(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE;
    }

    /** One line for people. */
    static String text(Status status) {
        String description = status.getDescription();
        String line = description == null
                ? ""
                : ": " + description.lines().findFirst().orElse("");
        return "the inference server answered " + status.getCode() + line;
    }

    private ServerErrors() {}
}
