package io.framequota.ingest.decode;

/**
 * Which light the parts of a pixel stand for, in the code points of ITU-T H.273. Pictures are never converted in this
 * respect, only told of.
 *
 * @param primaries "colour primaries", 2 where the source says nothing
 * @param transfer "transfer characteristics", 2 where the source says nothing
 */
public record ColorInfo(int primaries, int transfer) {
    private static final int BT709 = 1;
    private static final int LAST = 22;

    /** The same, with BT.709, which every screen is near to, where the source states nothing that the standard knows. */
    public ColorInfo orBt709() {
        return new ColorInfo(known(primaries), known(transfer));
    }

    private static int known(int codePoint) {
        boolean reserved = codePoint <= 0 || codePoint == 3 || codePoint > LAST;
        return reserved || codePoint == 2 ? BT709 : codePoint;
    }
}
