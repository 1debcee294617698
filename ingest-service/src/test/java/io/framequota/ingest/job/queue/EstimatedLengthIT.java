package io.framequota.ingest.job.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.ledger.ProbeMapper;
import io.framequota.ingest.testing.TestJobs;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.testing.Ffmpeg;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Estimated lengths of real files. */
class EstimatedLengthIT {
    private static final int CHUNK = 5;
    private static final ModelCard ANY_SIZE =
            ModelCard.newBuilder().setFit(ModelCard.Fit.NATIVE).build();

    @TempDir
    Path folder;

    private final FfmpegDecoder decoder = new FfmpegDecoder();

    /** 30 frames in the first second, then 10 a second for 5 s more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theLengthOfAVideoWithoutAFrameCountIsEstimatedAndCorrectedDuringDecoding(int every) throws Exception {
        Path video = Ffmpeg.make(
                folder.resolve("slower.mkv"),
                "-f lavfi -i testsrc2=s=160x120:r=30:d=6 -vf select=lt(t\\,1)+not(mod(n\\,3)) -fps_mode passthrough"
                        + " -c:v mpeg4 -g 10");
        long frames = (Ffmpeg.count(video) + every - 1) / every;
        JobSpec spec = TestJobs.spec("j", ANY_SIZE, every);
        Probed probed = ProbeMapper.of(decoder.probe(video, VideoDecoder.ANY_STREAM), spec, PixelTransport.RAW, false);

        assertThat(probed.getEstimated()).isTrue();
        assertThat(probed.getExpectedFrames()).isPositive();
        assertThat(probed.getPictureWidth()).isEqualTo(160);
        FrameCountEstimate length = new FrameCountEstimate(every, probed);
        Probed known = probed;
        try (FrameCursor cursor = FrameCursor.open(decoder, video)) {
            while (cursor.next()) {
                if (cursor.index() % ((long) every * CHUNK) == 0) {
                    Probed better = length.onChunk(cursor.index(), CHUNK, cursor.ptsMs());
                    if (better != null) {
                        length.setRecorded(better);
                        known = better;
                    }
                }
            }
        }
        assertThat(Math.abs(known.getExpectedFrames() - frames))
                .as("%d frames, first estimated as %d", frames, probed.getExpectedFrames())
                .isLessThanOrEqualTo(frames / 5);
    }

    @Test
    void theFrameCountOfAContainerIsNotAnEstimate() throws Exception {
        Path video =
                Ffmpeg.make(folder.resolve("counted.mp4"), "-f lavfi -i testsrc2=s=160x120:r=25:d=2 -c:v mpeg4 -g 10");
        JobSpec spec = TestJobs.spec("j", ANY_SIZE, 4);

        Probed probed = ProbeMapper.of(decoder.probe(video, VideoDecoder.ANY_STREAM), spec, PixelTransport.RAW, false);

        assertThat(probed.getEstimated()).isFalse();
        assertThat(probed.getExpectedFrames()).as("every 4th of 50").isEqualTo(13);
        assertThat(probed.getCodec()).isEqualTo("mpeg4");
        assertThat(probed.getDurationMs()).isEqualTo(2000);
    }
}
