package io.framequota.ingest.decode;

import java.lang.foreign.MemorySegment;

/**
 * Pixels of one decoded frame as they are stored, three bytes each, row by row.
 *
 * @param pixels native memory that belongs to the reader; gone with the reader's next call
 * @param width stored, before the turn
 * @param height stored, before the turn
 * @param stride bytes from one row to the next
 * @param turn what makes it stand as displayed
 */
public record DecodedPicture(MemorySegment pixels, int width, int height, int stride, Orientation turn) {
    /** Width as displayed. */
    public int displayedWidth() {
        return turn.swapsSides() ? height : width;
    }

    /** Height as displayed. */
    public int displayedHeight() {
        return turn.swapsSides() ? width : height;
    }
}
