package io.framequota.media.decode;

/**
 * Counts what could not be read or decoded in a source.
 *
 * @param brokenPackets packets that gave no frame
 * @param readErrors of the container
 * @param firstMs time near the first of them, NaN when there is none or its time is unknown
 */
public record SourceDamage(long brokenPackets, long readErrors, double firstMs) {
    /** No damage. */
    public static final SourceDamage NONE = new SourceDamage(0, 0, Double.NaN);

    /** With one more packet that gave no frame. */
    public SourceDamage brokenPacket(double nearMs) {
        return new SourceDamage(brokenPackets + 1, readErrors, first(nearMs));
    }

    /** With one more error of the container. */
    public SourceDamage readError(double nearMs) {
        return new SourceDamage(brokenPackets, readErrors + 1, first(nearMs));
    }

    /** Whether there is any damage. */
    public boolean any() {
        return brokenPackets + readErrors > 0;
    }

    private double first(double nearMs) {
        return Double.isNaN(firstMs) ? nearMs : firstMs;
    }
}
