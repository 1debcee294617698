package io.framequota.images;

/** The reason why an image cannot be built, in one line. */
final class ImageBuildException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ImageBuildException(String message) {
        super(message, null, false, false);
    }
}
