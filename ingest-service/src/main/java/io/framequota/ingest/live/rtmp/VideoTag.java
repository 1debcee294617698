package io.framequota.ingest.live.rtmp;

/**
 * A video message as a tag of an FLV file, with what its first bytes say: a configuration (parameter sets), a key picture, or another
 * picture. Plain FLV and enhanced RTMP (HEVC, AV1, several tracks) are understood.
 *
 * @param bytes of the tag, with the length behind it
 */
record VideoTag(byte[] bytes, boolean configuration, boolean key) {
    private static final int HEADER = 11;
    private static final int FRAME_TYPE = 0x70;
    private static final int KEY_FRAME = 0x10;
    private static final int COMMAND_FRAME = 0x50;
    private static final int ENHANCED = 0x80;
    private static final int CODEC = 0x0F;
    private static final int AVC = 7;
    private static final int HEVC = 12;
    private static final int SEQUENCE_START = 0;
    private static final int MPEG2TS_SEQUENCE_START = 5;
    private static final int MULTITRACK = 6;
    private static final int MOD_EX = 7;

    /** The beginning of an FLV file with video only. */
    static byte[] fileHeader() {
        return new byte[] {'F', 'L', 'V', 1, 1, 0, 0, 0, 9, 0, 0, 0, 0};
    }

    /** Whether a message shows or configures a picture; others are commands to players. */
    static boolean isVideo(RtmpMessage message) {
        return message.body().length > 1 && (message.body()[0] & FRAME_TYPE) != COMMAND_FRAME;
    }

    static VideoTag of(RtmpMessage message) {
        byte[] body = message.body();
        byte[] tag = new byte[HEADER + body.length + 4];
        tag[0] = RtmpMessage.VIDEO;
        put(tag, 1, body.length, 3);
        put(tag, 4, message.timestamp(), 3);
        tag[7] = (byte) (message.timestamp() >> 24);
        System.arraycopy(body, 0, tag, HEADER, body.length);
        put(tag, HEADER + body.length, HEADER + body.length, 4);
        boolean key = (body[0] & FRAME_TYPE) == KEY_FRAME;
        boolean configuration = isConfiguration(body);
        return new VideoTag(tag, configuration, key && !configuration);
    }

    /** The message again. */
    RtmpMessage message(int stream) {
        long time = 0;
        for (int at : new int[] {7, 4, 5, 6}) {
            time = time << 8 | bytes[at] & 0xFF;
        }
        return new RtmpMessage(
                RtmpMessage.VIDEO, stream, time, java.util.Arrays.copyOfRange(bytes, HEADER, bytes.length - 4));
    }

    private static boolean isConfiguration(byte[] body) {
        int first = body[0] & 0xFF;
        if ((first & ENHANCED) == 0) {
            int codec = first & CODEC;
            return (codec == AVC || codec == HEVC) && body[1] == 0;
        }
        int at = 0;
        int type = first & CODEC;
        // Modifiers of the time stand in front: length, that many bytes, and the next type in four bits.
        while (type == MOD_EX && at + 2 < body.length) {
            int length = (body[at + 1] & 0xFF) + 1;
            int next = at + 2 + length;
            if (length == 256) {
                if (at + 3 >= body.length) {
                    return false;
                }
                length = ((body[at + 2] & 0xFF) << 8 | body[at + 3] & 0xFF) + 1;
                next = at + 4 + length;
            }
            if (next >= body.length) {
                return false;
            }
            type = body[next] & CODEC;
            at = next;
        }
        if (type == MULTITRACK && at + 1 < body.length) {
            type = body[at + 1] & CODEC;
        }
        return type == SEQUENCE_START || type == MPEG2TS_SEQUENCE_START;
    }

    private static void put(byte[] into, int at, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            into[at + i] = (byte) (value >> 8 * (bytes - 1 - i));
        }
    }
}
