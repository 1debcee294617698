package io.framequota.images;

/** Why an image cannot be built, in one line for a person. */
final class ImageBuildException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ImageBuildException(String message) {
        super(message, null, false, false);
    }
}
