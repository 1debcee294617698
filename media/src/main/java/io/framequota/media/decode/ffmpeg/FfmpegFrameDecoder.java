package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_APNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_GIF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_new_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.SideData;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes with FFmpeg. A JPEG picture is given to a decoder that refuses damaged ones first, since a lenient
 * one does not report what it made up.
 */
final class FfmpegFrameDecoder implements FrameDecoder {
    private final String name;
    private final SourceLimits limits;
    private final DecodeMemoryBudget.Share memory;
    private final int threads;
    private final boolean singlePicture;
    private final AVCodecParameters parameters;
    private final AVRational timeBase;
    private final AVCodecContext codec;
    private final AVFrame frame;
    private final AVPacket packet;
    private final PixelConverter converter = new PixelConverter();
    private final FrameOrientation orientations;
    private final boolean strict;
    private @Nullable AVCodecContext lenient;
    private Orientation orientation;
    /** Whether the frame that the next call of {@link #next} is to give has been received. */
    private boolean received;

    private boolean draining;
    private boolean ended;
    private boolean damaged;
    private long broken;
    private long largest;
    private boolean closed;

    /**
     * Opens a decoder.
     *
     * @param name of the source, for error messages
     * @param memory grows with the pictures and is closed with this decoder, unless this throws
     * @param threads that decode, 1 for the caller's only
     * @param refusing whether damage is refused where the decoder would not mark the frame: a damaged HEVC picture may then show
     *     what was decoded before it, which depends on where decoding began
     * @throws SourceException when the codec is not allowed or FFmpeg cannot open it
     */
    FfmpegFrameDecoder(
            CodecParameters parameters,
            String name,
            SourceLimits limits,
            DecodeMemoryBudget.Share memory,
            int threads,
            boolean refusing)
            throws SourceException {
        this.name = name;
        this.limits = limits;
        this.memory = memory;
        this.threads = threads;
        singlePicture = parameters.getSinglePicture();
        this.parameters = StreamParameters.of(parameters, name);
        timeBase = av_make_q(parameters.getTimeBaseNum(), parameters.getTimeBaseDen());
        orientation =
                FrameOrientation.ofSideData(this.parameters.coded_side_data(), this.parameters.nb_coded_side_data());
        orientations = new FrameOrientation(orientation);
        strict = this.parameters.codec_id() == AV_CODEC_ID_MJPEG;
        frame = av_frame_alloc();
        packet = av_packet_alloc();
        boolean opened = false;
        try {
            boolean explode = strict || refusing && this.parameters.codec_id() == AV_CODEC_ID_HEVC;
            codec = CodecContexts.open(this.parameters, timeBase, threads, explode ? AV_EF_EXPLODE : 0, name, limits);
            opened = true;
        } finally {
            if (!opened) {
                freeMemory();
            }
        }
    }

    @Override
    public boolean next() {
        if (received) {
            received = false;
            return true;
        }
        while (!ended) {
            int got = avcodec_receive_frame(codec, frame);
            if (got >= 0) {
                accept(false);
                return true;
            }
            if (FfmpegErrors.isAgain(got)) {
                return false;
            }
            if (FfmpegErrors.isEnd(got)) {
                ended = true;
            } else {
                broken++;
                // A decoder that fails while it is drained gives no more frames.
                ended = draining;
            }
        }
        return false;
    }

    /** Whether all frames were given. */
    boolean ended() {
        return ended;
    }

    @Override
    public void send(AccessUnit unit) throws SourceException {
        if (av_new_packet(packet, unit.getData().size()) < 0) {
            throw new OutOfMemoryError("no " + unit.getData().size() + " bytes for a packet");
        }
        StreamParameters.put(unit.getData(), packet.data());
        packet.pts(unit.getPts());
        packet.dts(unit.getDts());
        packet.duration(unit.getDuration());
        packet.flags((unit.getKey() ? AV_PKT_FLAG_KEY : 0) | (unit.getDiscard() ? AV_PKT_FLAG_DISCARD : 0));
        for (SideData side : unit.getSideDataList()) {
            BytePointer data = av_packet_new_side_data(
                    packet, side.getType(), side.getData().size());
            StreamParameters.put(side.getData(), data);
        }
        send(packet);
    }

    /** The same with a packet of FFmpeg, which is emptied. */
    void send(AVPacket from) throws SourceException {
        try {
            checkTexts(from);
            if ((from.flags() & AV_PKT_FLAG_CORRUPT) != 0 || isCutGif(from)) {
                // The decoder copies this pointer to the frame; a pointer other than null marks the frame as damaged.
                from.opaque(from);
            }
            int sent = avcodec_send_packet(codec, from);
            if (strict) {
                receiveStrictly(sent, from);
            } else if (sent < 0) {
                broken++;
            }
        } finally {
            av_packet_unref(from);
        }
    }

    private void receiveStrictly(int sent, AVPacket from) throws SourceException {
        int got = sent < 0 ? sent : avcodec_receive_frame(codec, frame);
        if (got >= 0) {
            accept(isCutJpeg(from));
            received = true;
        } else if (!FfmpegErrors.isAgain(got)) {
            decodeLeniently(from);
        }
    }

    /** Decodes the packet that the strict decoder refused as far as possible. */
    private void decodeLeniently(AVPacket from) throws SourceException {
        avcodec_flush_buffers(codec);
        AVCodecContext tolerant = lenient();
        int sent = avcodec_send_packet(tolerant, from);
        int got = sent < 0 ? sent : avcodec_receive_frame(tolerant, frame);
        avcodec_flush_buffers(tolerant);
        if (got < 0) {
            broken++;
        } else {
            accept(true);
            received = true;
        }
    }

    private AVCodecContext lenient() throws SourceException {
        AVCodecContext open = lenient;
        if (open == null) {
            open = CodecContexts.open(parameters, timeBase, threads, 0, name, limits);
            lenient = open;
        }
        return open;
    }

    @Override
    public void drain() {
        draining = true;
        avcodec_send_packet(codec, null);
    }

    /** Forgets all packets, so that those of another place of the source can follow. */
    void flush() {
        avcodec_flush_buffers(codec);
        received = false;
        draining = false;
        ended = false;
    }

    /**
     * Takes a picture that consists of tiles as the only frame.
     *
     * @return false when no tile can be decoded
     */
    boolean compose(TiledPicture tiles, Orientation displayed) throws SourceException {
        ended = true;
        orientation = displayed;
        if (!tiles.compose(frame)) {
            broken++;
            return false;
        }
        damaged = tiles.damaged();
        accountMemory();
        return true;
    }

    private void accept(boolean concealed) {
        Pointer marked = frame.opaque();
        damaged = concealed
                || frame.decode_error_flags() != 0
                || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0
                || marked != null && !marked.isNull();
        orientation = orientations.of(frame, key());
        accountMemory();
    }

    /** Accounts for pictures that become larger within the source. */
    private void accountMemory() {
        long pixels = (long) frame.width() * frame.height();
        if (pixels > largest) {
            largest = pixels;
            memory.grown(PictureMemory.bytes(parameters.codec_id(), parameters.level(), pixels, frame.format()));
        }
    }

    /** Whether the packet is a JPEG file without its end; decoders accept that in progressive pictures. */
    private boolean isCutJpeg(AVPacket from) {
        if (!singlePicture) {
            return false;
        }
        ByteBuffer jpeg = bytes(from);
        for (int i = jpeg.limit() - 2; i >= 0; i--) {
            if (jpeg.get(i) == (byte) 0xFF) {
                int marker = jpeg.get(i + 1) & 0xFF;
                if (marker == 0xD9) {
                    return false;
                }
                if (marker == 0xDA) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the packet is a GIF picture that ends within its blocks: a whole one ends with an empty block or 0x3B. */
    private boolean isCutGif(AVPacket from) {
        if (parameters.codec_id() != AV_CODEC_ID_GIF || from.size() == 0) {
            return false;
        }
        byte last = from.data().get(from.size() - 1L);
        return last != 0 && last != 0x3B;
    }

    private void checkTexts(AVPacket from) throws SourceException {
        int coded = parameters.codec_id();
        if (coded != AV_CODEC_ID_PNG && coded != AV_CODEC_ID_APNG) {
            return;
        }
        long most = limits.metadataBytes();
        PngTextSize.Size texts = PngTextSize.of(bytes(from), most);
        limits.checkEntries(name, texts.entries());
        if (texts.bytes() > most) {
            throw new SourceException(name + " holds more than " + most + " bytes of text, the limit "
                    + "FRAMEQUOTA_SOURCE_MAX_METADATA; remove it, or raise the limit");
        }
    }

    private static ByteBuffer bytes(AVPacket from) {
        return from.data().capacity(from.size()).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }

    @Override
    public long pts() {
        return frame.best_effort_timestamp();
    }

    @Override
    public boolean key() {
        return (frame.flags() & AVFrame.AV_FRAME_FLAG_KEY) != 0;
    }

    @Override
    public boolean damaged() {
        return damaged;
    }

    @Override
    public Orientation orientation() {
        return orientation;
    }

    @Override
    public int width() {
        return orientation.swapsSides() ? frame.height() : frame.width();
    }

    @Override
    public int height() {
        return orientation.swapsSides() ? frame.width() : frame.height();
    }

    @Override
    public ColorInfo color() {
        return new ColorInfo(frame.color_primaries(), frame.color_trc());
    }

    @Override
    public DecodedPicture picture(PixelOrder order) {
        return converter.convert(frame, order, orientation);
    }

    @Override
    public long brokenPackets() {
        return broken;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        avcodec_free_context(codec);
        if (lenient != null) {
            avcodec_free_context(lenient);
        }
        freeMemory();
        memory.close();
    }

    private void freeMemory() {
        converter.close();
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_parameters_free(parameters);
    }
}
