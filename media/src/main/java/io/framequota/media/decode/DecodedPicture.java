package io.framequota.media.decode;

import java.lang.foreign.MemorySegment;

/**
 * Pixels of one decoded frame as they are stored, three bytes each, row by row.
 *
 * @param pixels native memory of the reader, valid until the reader's next call
 * @param width stored, before the orientation is applied
 * @param height stored, before the orientation is applied
 * @param stride bytes from one row to the next
 * @param orientation makes the displayed picture of the stored one
 */
public record DecodedPicture(MemorySegment pixels, int width, int height, int stride, Orientation orientation) {
    /** Width as displayed. */
    public int displayedWidth() {
        return orientation.swapsSides() ? height : width;
    }

    /** Height as displayed. */
    public int displayedHeight() {
        return orientation.swapsSides() ? width : height;
    }
}
