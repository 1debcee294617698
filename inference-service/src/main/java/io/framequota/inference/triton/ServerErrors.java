package io.framequota.inference.triton;

import io.grpc.Status;

/** What the server's status codes mean to a worker. */
final class ServerErrors {

    /** The server, or room in its queue, is not there now and may be soon. */
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
