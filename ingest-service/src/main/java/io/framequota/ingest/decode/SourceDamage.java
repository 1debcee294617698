package io.framequota.ingest.decode;

/**
 * What of a source could not be read or decoded at all.
 *
 * @param brokenPackets that gave no frame
 * @param readErrors of the container
 * @param firstMs time near the first of them, NaN when there is none or it is not known
 */
public record SourceDamage(long brokenPackets, long readErrors, double firstMs) {
    /** Nothing is wrong. */
    public static final SourceDamage NONE = new SourceDamage(0, 0, Double.NaN);

    /** With one more packet that gave no frame. */
    public SourceDamage brokenPacket(double nearMs) {
        return new SourceDamage(brokenPackets + 1, readErrors, first(nearMs));
    }

    /** With one more place that could not be read. */
    public SourceDamage readError(double nearMs) {
        return new SourceDamage(brokenPackets, readErrors + 1, first(nearMs));
    }

    /** Whether there is any. */
    public boolean any() {
        return brokenPackets + readErrors > 0;
    }

    private double first(double nearMs) {
        return Double.isNaN(firstMs) ? nearMs : firstMs;
    }
}
