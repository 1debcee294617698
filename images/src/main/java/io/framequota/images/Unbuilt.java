package io.framequota.images;

/** Why an image cannot be built, in one line for a person. */
final class Unbuilt extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unbuilt(String message) {
        super(message, null, false, false);
    }
}
