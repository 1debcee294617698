package io.framequota.media.decode;

/**
 * The colour space in which a source states its pixels, in code points of ITU-T H.273. Decoding converts neither primaries nor
 * transfer characteristics; it only reports them.
 *
 * @param primaries "colour primaries", 2 where the source states none
 * @param transfer "transfer characteristics", 2 where the source states none
 */
public record ColorInfo(int primaries, int transfer) {
    private static final int BT709_CODE_POINT = 1;
    private static final int LAST = 22;

    /** The colour space of pictures made for a screen. */
    public static final ColorInfo BT709 = new ColorInfo(BT709_CODE_POINT, BT709_CODE_POINT);

    /** The same, with BT.709, which is close to every screen, for code points that are unspecified or reserved. */
    public ColorInfo orBt709() {
        return new ColorInfo(specified(primaries), specified(transfer));
    }

    private static int specified(int codePoint) {
        boolean reserved = codePoint <= 0 || codePoint == 3 || codePoint > LAST;
        return reserved || codePoint == 2 ? BT709_CODE_POINT : codePoint;
    }
}
