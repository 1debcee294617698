package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_new;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.SideData;
import io.framequota.media.decode.SourceException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Converts what a decoder needs to know of a stream between FFmpeg's form and a message. */
public final class StreamParameters {
    private StreamParameters() {}

    /** The parameters of a stream as a message, whole. */
    public static CodecParameters of(AVStream stream, boolean singlePicture) {
        return of(stream.codecpar(), stream.time_base()).toBuilder()
                .setSinglePicture(singlePicture)
                .build();
    }

    /**
     * The same of what an encoder makes.
     *
     * @param base of the packets' times
     */
    public static CodecParameters of(AVCodecParameters from, AVRational base) {
        AVRational aspect = from.sample_aspect_ratio();
        AVRational rate = from.framerate();
        return CodecParameters.newBuilder()
                .setCodec(Codecs.name(from.codec_id()))
                .setExtradata(bytes(from.extradata(), from.extradata_size()))
                .setCodecTag(from.codec_tag())
                .setWidth(from.width())
                .setHeight(from.height())
                .setFormat(from.format())
                .setProfile(from.profile())
                .setLevel(from.level())
                .setFieldOrder(from.field_order())
                .setColorRange(from.color_range())
                .setColorPrimaries(from.color_primaries())
                .setColorTransfer(from.color_trc())
                .setColorSpace(from.color_space())
                .setChromaLocation(from.chroma_location())
                .setSampleAspectNum(aspect.num())
                .setSampleAspectDen(aspect.den())
                .setVideoDelay(from.video_delay())
                .setBitsPerCodedSample(from.bits_per_coded_sample())
                .setBitsPerRawSample(from.bits_per_raw_sample())
                .setTimeBaseNum(base.num())
                .setTimeBaseDen(base.den())
                .setFrameRateNum(rate.num())
                .setFrameRateDen(rate.den())
                .addAllSideData(sideData(from.coded_side_data(), from.nb_coded_side_data()))
                .build();
    }

    /**
     * FFmpeg's form of a message; the caller frees it.
     *
     * @throws SourceException when FFmpeg does not know the codec
     */
    public static AVCodecParameters of(CodecParameters from, String name) throws SourceException {
        int codec = Codecs.id(from.getCodec());
        if (codec == AV_CODEC_ID_NONE) {
            throw new SourceException(name + " has the unknown codec " + from.getCodec());
        }
        AVCodecParameters to = avcodec_parameters_alloc();
        to.codec_type(AVMEDIA_TYPE_VIDEO);
        to.codec_id(codec);
        to.codec_tag(from.getCodecTag());
        to.width(from.getWidth());
        to.height(from.getHeight());
        to.format(from.getFormat());
        to.profile(from.getProfile());
        to.level(from.getLevel());
        to.field_order(from.getFieldOrder());
        to.color_range(from.getColorRange());
        to.color_primaries(from.getColorPrimaries());
        to.color_trc(from.getColorTransfer());
        to.color_space(from.getColorSpace());
        to.chroma_location(from.getChromaLocation());
        to.sample_aspect_ratio(av_make_q(from.getSampleAspectNum(), from.getSampleAspectDen()));
        to.video_delay(from.getVideoDelay());
        to.bits_per_coded_sample(from.getBitsPerCodedSample());
        to.bits_per_raw_sample(from.getBitsPerRawSample());
        to.framerate(av_make_q(from.getFrameRateNum(), from.getFrameRateDen()));
        if (!addExtradata(to, from.getExtradata()) || !addSideData(to, from.getSideDataList())) {
            avcodec_parameters_free(to);
            throw new SourceException(name + " has more parameters than memory has room for");
        }
        return to;
    }

    private static boolean addExtradata(AVCodecParameters to, ByteString data) {
        if (data.isEmpty()) {
            return true;
        }
        BytePointer memory = new BytePointer(av_mallocz(data.size() + (long) AV_INPUT_BUFFER_PADDING_SIZE));
        if (memory.isNull()) {
            return false;
        }
        put(data, memory);
        to.extradata(memory);
        to.extradata_size(data.size());
        return true;
    }

    private static boolean addSideData(AVCodecParameters to, List<SideData> all) {
        try (PointerPointer<AVPacketSideData> array = new PointerPointer<>(1);
                IntPointer number = new IntPointer(1)) {
            array.put(0, to.coded_side_data());
            number.put(0, 0);
            for (SideData one : all) {
                AVPacketSideData added = av_packet_side_data_new(
                        array, number, one.getType(), one.getData().size(), 0);
                if (added == null || added.isNull()) {
                    return false;
                }
                put(one.getData(), added.data());
                // The array may have moved.
                to.coded_side_data(array.get(AVPacketSideData.class, 0));
                to.nb_coded_side_data(number.get(0));
            }
            return true;
        }
    }

    /** Copies bytes to native memory that is long enough. */
    public static void put(ByteString data, BytePointer memory) {
        data.copyTo(memory.capacity(data.size()).asByteBuffer());
    }

    /** A copy of native bytes. */
    public static ByteString bytes(@Nullable BytePointer memory, long size) {
        return memory == null || memory.isNull() || size <= 0
                ? ByteString.EMPTY
                : ByteString.copyFrom(memory.capacity(size).asByteBuffer());
    }

    /** Copies of all side data of an array. */
    public static List<SideData> sideData(@Nullable AVPacketSideData array, int number) {
        List<SideData> all = new ArrayList<>();
        for (int i = 0; array != null && i < number; i++) {
            AVPacketSideData one = array.getPointer(i);
            all.add(SideData.newBuilder()
                    .setType(one.type())
                    .setData(bytes(one.data(), one.size()))
                    .build());
        }
        return all;
    }
}
