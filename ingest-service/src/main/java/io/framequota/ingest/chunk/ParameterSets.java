package io.framequota.ingest.chunk;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the parameter sets that packets of a source hold beside pictures: what later packets need and a decoder that begins behind
 * them does not have. It looks for where they are and does not read what they say; it stops at bytes that make no sense. Safe for
 * use by many threads.
 */
final class ParameterSets {
    private static final int H264_SPS = 7;
    private static final int H264_PPS = 8;
    private static final int HEVC_VPS = 32;
    private static final int HEVC_PPS = 34;
    private static final int MPEG2_SEQUENCE = 0xB3;
    private static final int MPEG2_EXTENSION = 0xB5;
    private static final int MPEG2_QUANT_MATRIX = 3;
    private static final int MPEG4_FIRST_VOL = 0x20;
    private static final int MPEG4_LAST_VOL = 0x2F;
    private static final int JPEG_DHT = 0xC4;
    private static final int JPEG_SOI = 0xD8;
    private static final int JPEG_EOI = 0xD9;
    private static final int JPEG_SOS = 0xDA;
    private static final int JPEG_DQT = 0xDB;
    private static final int AV1_SEQUENCE = 1;

    /** Longest Exp-Golomb prefix of an id. */
    private static final int MAX_PREFIX = 16;

    private static final int KIND_SHIFT = 32;

    private final String codec;
    /** Bytes of the length before each NAL unit; 0 where start codes separate them. */
    private final int lengthBytes;

    /**
     * @param codec FFmpeg's name of the codec
     * @param extradata what the container says of the stream
     */
    ParameterSets(String codec, ByteString extradata) {
        this.codec = codec;
        int lengthAt = switch (codec) {
            case "h264" -> 4;
            case "hevc" -> 21;
            default -> Integer.MAX_VALUE;
        };
        boolean prefixed = extradata.size() > lengthAt && extradata.byteAt(0) == 1;
        lengthBytes = prefixed ? (extradata.byteAt(lengthAt) & 3) + 1 : 0;
    }

    /** The parameter sets of a packet, by what they replace: sets of the same kind and id. */
    Map<Long, ByteString> of(ByteString packet) {
        Map<Long, ByteString> found = new HashMap<>();
        switch (codec) {
            case "h264", "hevc" -> {
                if (lengthBytes > 0) {
                    prefixed(packet, found);
                } else {
                    startCodes(packet, found);
                }
            }
            case "mpeg1video", "mpeg2video", "mpeg4" -> startCodes(packet, found);
            case "mjpeg" -> jpeg(packet, found);
            case "av1" -> av1(packet, found);
            default -> {}
        }
        return found;
    }

    private static int at(ByteString bytes, int position) {
        return bytes.byteAt(position) & 0xFF;
    }

    private static void put(Map<Long, ByteString> found, long kind, int id, ByteString content) {
        found.merge(kind << KIND_SHIFT | id, content, ByteString::concat);
    }

    private void prefixed(ByteString packet, Map<Long, ByteString> found) {
        int position = 0;
        while (position + lengthBytes < packet.size()) {
            long length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = length << 8 | at(packet, position++);
            }
            if (length > packet.size() - position) {
                return;
            }
            unit(packet, position, position + (int) length, found);
            position += (int) length;
        }
    }

    private void startCodes(ByteString packet, Map<Long, ByteString> found) {
        int begin = startCode(packet, 0);
        while (begin < packet.size()) {
            int next = startCode(packet, begin);
            unit(packet, begin, next < packet.size() ? next - 3 : next, found);
            begin = next;
        }
    }

    /** Position behind the next start code, or the end. */
    private static int startCode(ByteString packet, int from) {
        int last = from + 2;
        while (last < packet.size()) {
            int value = packet.byteAt(last);
            if (value == 1 && packet.byteAt(last - 1) == 0 && packet.byteAt(last - 2) == 0) {
                return last + 1;
            }
            last += value == 0 || value == 1 ? 1 : 3;
        }
        return packet.size();
    }

    private void unit(ByteString packet, int begin, int end, Map<Long, ByteString> found) {
        if (begin >= end) {
            return;
        }
        int code = at(packet, begin);
        int kind;
        int id = 0;
        switch (codec) {
            case "h264" -> {
                kind = code & 0x1F;
                if (kind != H264_SPS && kind != H264_PPS) {
                    return;
                }
                id = golomb(packet, begin + (kind == H264_SPS ? 4 : 1), end);
            }
            case "hevc" -> {
                kind = code >> 1 & 0x3F;
                if (kind < HEVC_VPS || kind > HEVC_PPS) {
                    return;
                }
                id = kind == HEVC_PPS ? golomb(packet, begin + 2, end) : 0;
            }
            case "mpeg4" -> {
                kind = code;
                if (kind < MPEG4_FIRST_VOL || kind > MPEG4_LAST_VOL) {
                    return;
                }
            }
            default -> {
                kind = code;
                boolean matrix =
                        kind == MPEG2_EXTENSION && begin + 1 < end && at(packet, begin + 1) >> 4 == MPEG2_QUANT_MATRIX;
                if (kind != MPEG2_SEQUENCE && !matrix) {
                    return;
                }
            }
        }
        // Zeros may stand before the next start code.
        int last = end;
        while (lengthBytes == 0 && last > begin + 1 && packet.byteAt(last - 1) == 0) {
            last--;
        }
        put(found, kind, id, packet.substring(begin, last));
    }

    /** An Exp-Golomb number; 0 where there is none. */
    private static int golomb(ByteString packet, int begin, int end) {
        long bits = 0;
        for (int i = begin; i < begin + 5; i++) {
            bits = bits << 8 | (i < end ? at(packet, i) : 0);
        }
        int prefix = Long.numberOfLeadingZeros(bits) - 24;
        if (prefix > MAX_PREFIX) {
            return 0;
        }
        return (int) (bits >> 39 - 2 * prefix) - 1;
    }

    /** Each table counts by itself: a picture may repeat some of them. */
    private static void jpeg(ByteString packet, Map<Long, ByteString> found) {
        int position = 0;
        while (position + 1 < packet.size()) {
            if (at(packet, position) != 0xFF) {
                return;
            }
            int marker = at(packet, position + 1);
            if (marker == 0xFF) {
                position++;
                continue;
            }
            position += 2;
            if (marker == JPEG_SOI) {
                continue;
            }
            if (marker == JPEG_SOS || marker == JPEG_EOI || position + 1 >= packet.size()) {
                return;
            }
            int length = at(packet, position) << 8 | at(packet, position + 1);
            if (length < 2 || length > packet.size() - position) {
                return;
            }
            if (marker == JPEG_DQT || marker == JPEG_DHT) {
                tables(packet, marker, position + 2, position + length, found);
            }
            position += length;
        }
    }

    private static void tables(ByteString packet, int marker, int begin, int end, Map<Long, ByteString> found) {
        int position = begin;
        while (position < end) {
            int head = at(packet, position);
            int size = 1;
            if (marker == JPEG_DQT) {
                size += head >> 4 == 0 ? 64 : 128;
            } else {
                size += 16;
                for (int i = 1; i <= 16 && position + i < end; i++) {
                    size += at(packet, position + i);
                }
            }
            int next = Math.min(end, position + size);
            put(found, marker, marker == JPEG_DQT ? head & 0xF : head, packet.substring(position, next));
            position = next;
        }
    }

    private static void av1(ByteString packet, Map<Long, ByteString> found) {
        int position = 0;
        while (position < packet.size()) {
            int head = at(packet, position);
            position += (head & 4) == 0 ? 1 : 2;
            long size = packet.size() - position;
            if ((head & 2) != 0) {
                size = 0;
                for (int i = 0; i < 8; i++) {
                    if (position >= packet.size()) {
                        return;
                    }
                    int value = at(packet, position++);
                    size |= (long) (value & 0x7F) << 7 * i;
                    if ((value & 0x80) == 0) {
                        break;
                    }
                }
            }
            if (size < 0 || size > packet.size() - position) {
                return;
            }
            if ((head >> 3 & 0xF) == AV1_SEQUENCE) {
                put(found, AV1_SEQUENCE, 0, packet.substring(position, position + (int) size));
            }
            position += (int) size;
        }
    }
}
