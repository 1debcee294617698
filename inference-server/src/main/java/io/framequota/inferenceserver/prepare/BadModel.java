package io.framequota.inferenceserver.prepare;

/** A model or a command line that cannot be used; the message is one line that says what and what to do. */
final class BadModel extends Exception {
    private static final long serialVersionUID = 1L;

    BadModel(String message) {
        super(message);
    }
}
