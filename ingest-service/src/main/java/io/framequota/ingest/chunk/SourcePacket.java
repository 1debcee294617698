package io.framequota.ingest.chunk;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.ingest.chunk.PacketCutter.IrregularPacketException;
import io.framequota.media.decode.PacketReader;
import java.util.Map;
import java.util.Set;

/**
 * One packet of a source.
 *
 * @param unit without the number of its frame
 * @param shown whether it shows a frame
 * @param parameters its parameter sets
 */
record SourcePacket(AccessUnit unit, boolean shown, Map<Long, ByteString> parameters) implements PacketCutter.Packet {
    private static final int VP8_SHOWN = 0x10;

    /** FFmpeg's AV_PKT_DATA_PALETTE, _NEW_EXTRADATA and _PARAM_CHANGE: a decoder that begins behind such a packet misses it. */
    private static final Set<Integer> PARAMETERS = Set.of(0, 1, 2);

    /**
     * The current packet of a reader.
     *
     * @param codec FFmpeg's name of the codec
     * @param sets of the same stream
     * @throws IrregularPacketException when bytes of it are broken, or it does not fit into a record
     */
    static SourcePacket of(PacketReader packets, String codec, ParameterSets sets) throws IrregularPacketException {
        checkReadErrors(packets);
        if (packets.corrupt()) {
            throw new IrregularPacketException("the container marks a packet as broken");
        }
        if (!packets.irregular().isEmpty()) {
            throw new IrregularPacketException(packets.irregular());
        }
        AccessUnit unit = packets.unit().build();
        if (unit.getSerializedSize() > PacketLoop.maxPacketBytes()) {
            throw new IrregularPacketException("a packet has more bytes than a record holds");
        }
        if (unit.getSideDataList().stream().anyMatch(d -> PARAMETERS.contains(d.getType()))) {
            throw new IrregularPacketException("what the decoder needs to know changes within the source");
        }
        return new SourcePacket(unit, !unit.getDiscard() && !isHidden(codec, unit), sets.of(unit.getData()));
    }

    static void checkReadErrors(PacketReader packets) throws IrregularPacketException {
        if (packets.readErrors() > 0) {
            throw new IrregularPacketException("parts of the file cannot be read");
        }
    }

    /** VP8 has pictures that are only referred to, each in a packet of its own (RFC 6386, 9.1). */
    private static boolean isHidden(String codec, AccessUnit unit) {
        return codec.equals("vp8")
                && !unit.getData().isEmpty()
                && (unit.getData().byteAt(0) & VP8_SHOWN) == 0;
    }

    @Override
    public long pts() {
        return unit.getPts();
    }

    @Override
    public long dts() {
        return unit.getDts();
    }

    @Override
    public boolean key() {
        return unit.getKey();
    }

    @Override
    public int bytes() {
        return unit.getData().size();
    }
}
