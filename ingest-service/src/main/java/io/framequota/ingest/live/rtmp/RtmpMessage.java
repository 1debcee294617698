package io.framequota.ingest.live.rtmp;

/**
 * One message of an RTMP connection.
 *
 * @param type as the protocol numbers them
 * @param stream number of the message stream
 * @param timestamp milliseconds, 32 bits without a sign
 * @param body not copied
 */
record RtmpMessage(int type, int stream, long timestamp, byte[] body) {
    static final int SET_CHUNK_SIZE = 1;
    static final int ABORT = 2;
    static final int ACKNOWLEDGEMENT = 3;
    static final int USER_CONTROL = 4;
    static final int WINDOW_SIZE = 5;
    static final int PEER_BANDWIDTH = 6;
    static final int AUDIO = 8;
    static final int VIDEO = 9;
    static final int DATA_AMF3 = 15;
    static final int COMMAND_AMF3 = 17;
    static final int DATA = 18;
    static final int COMMAND = 20;
}
