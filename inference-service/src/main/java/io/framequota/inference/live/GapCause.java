package io.framequota.inference.live;

/** Why a worker has no line for frames of a stream. */
enum GapCause {
    /** Decoding or inference was behind. */
    DROPPED("dropped"),
    /** They could not be decoded. */
    DECODE_ERROR("decode-error"),
    /** They were gone from the broker before they were read. */
    EXPIRED("expired");

    private final String label;

    GapCause(String label) {
        this.label = label;
    }

    /** Its name in messages. */
    String label() {
        return label;
    }
}
