package io.framequota.inference.triton;

import io.grpc.Status;

/** The meaning of the server's status codes for a worker. */
final class ServerErrors {

    /** The server is not reachable or its queue is full; either may end soon. */
    static boolean serverAway(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE;
    }

    /** An error of the server itself, which may have nothing to do with the picture. */
    static boolean serverSick(Status status) {
        return switch (status.getCode()) {
            case INTERNAL, UNKNOWN, ABORTED, DATA_LOSS, CANCELLED, RESOURCE_EXHAUSTED -> true;
            default -> false;
        };
    }

    /** The status of a failed request; that of a server that is away for one that the circuit breaker did not send. */
    static Status statusOf(Throwable failure) {
        return ServerCircuit.wasOpen(failure)
                ? Status.UNAVAILABLE.withDescription(
                        "it answered errors to most requests, and to one a second since then")
                : Status.fromThrowable(failure);
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
