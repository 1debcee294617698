package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_DEFAULT;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;

import io.framequota.media.decode.DecodeMemoryBudget;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;

/** A source, open in front of its first sound that MP4 files hold; sound is never decoded. For one platform thread. */
public final class FfmpegSound implements AutoCloseable {
    private static final Set<String> CODECS = Set.of("aac", "mp3", "ac3", "eac3", "opus", "flac", "alac");
    /** MP4 files hold no MP3 of MPEG 2.5, whose rates are lower. */
    private static final int LEAST_RATE_OF_MP3 = 16_000;

    private final NativeVideo source;
    private final DecodeMemoryBudget.Share memory;
    private final AVStream stream;

    private FfmpegSound(NativeVideo source, DecodeMemoryBudget.Share memory, AVStream stream) {
        this.source = source;
        this.memory = memory;
        this.stream = stream;
    }

    /**
     * The sound of a source.
     *
     * @param source closed with the sound; the caller closes it if there is no sound
     * @param memory given back with the sound
     */
    static Optional<FfmpegSound> of(NativeVideo source, DecodeMemoryBudget.Share memory) {
        AVStream found = null;
        for (int i = 0; i < source.format.nb_streams(); i++) {
            AVStream stream = source.format.streams(i);
            boolean wanted = found == null && isCopied(stream);
            stream.discard(wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL);
            found = wanted ? stream : found;
        }
        return found == null ? Optional.empty() : Optional.of(new FfmpegSound(source, memory, found));
    }

    private static boolean isCopied(AVStream stream) {
        AVCodecParameters parameters = stream.codecpar();
        String codec = Codecs.name(parameters.codec_id());
        return parameters.codec_type() == AVMEDIA_TYPE_AUDIO
                && CODECS.contains(codec)
                && parameters.sample_rate() >= (codec.equals("mp3") ? LEAST_RATE_OF_MP3 : 1)
                && parameters.ch_layout().nb_channels() > 0
                && stream.time_base().den() > 0;
    }

    /** The source, whose packets its user reads; it belongs to this. */
    public AVFormatContext source() {
        return source.format;
    }

    /** The stream of the source, which belongs to this. */
    public AVStream stream() {
        return stream;
    }

    @Override
    public void close() {
        source.close();
        memory.close();
        NativeHeap.trim();
    }
}
