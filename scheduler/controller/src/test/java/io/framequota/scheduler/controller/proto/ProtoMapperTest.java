package io.framequota.scheduler.controller.proto;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Learnt;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.Probed;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.StreamSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtoMapperTest {
    private static final Probed PACKETS = Probed.newBuilder()
            .setPictureWidth(416)
            .setPictureHeight(416)
            .setWidth(1920)
            .setHeight(1080)
            .setCodec("h264")
            .setFrameTransport("packets")
            .setEvery(15)
            .build();

    @Test
    void decodedSourceBelongsToTheFormatOfPacketsOnly() {
        assertThat(ProtoMapper.frames(PACKETS))
                .isEqualTo(new FrameFormat(
                        416, 416, FrameFormat.PACKETS, new FrameFormat.Decoded("h264", 1920, 1080, 15)));
        assertThat(ProtoMapper.frames(
                        PACKETS.toBuilder().setFrameTransport("pixels").build()))
                .isEqualTo(new FrameFormat(416, 416, FrameFormat.PIXELS));
    }

    @Test
    void aStreamReachesItsWorkerAsTheAuthorityDescribesIt() {
        LiveStream stream = LiveStream.newBuilder()
                .setFps(29.97)
                .setEvery(3)
                .setWidth(1920)
                .setHeight(1080)
                .setCodec("h264")
                .setPictureWidth(416)
                .setPictureHeight(234)
                .setPartition(5)
                .setAnnotate(true)
                .setSession(2)
                .setFirstOffset(1234)
                .build();
        StreamSpec spec = ProtoMapper.stream(stream);

        assertThat(spec.inferredPerSecond()).isEqualTo(9.99);
        assertThat(spec.frames().packets()).isTrue();
        assertThat(ProtoMapper.live(new DispatchCommand.GrantStream("w", "job", "m", spec, 550)))
                .isEqualTo(LiveGrant.newBuilder()
                        .setJob("job")
                        .setModel("m")
                        .setMillicores(550)
                        .setStream(stream)
                        .build());
    }

    @Test
    void storedProfilesAreReadAgain() {
        ModelProfile profile = new ModelProfile(
                "m",
                3,
                200,
                List.of(),
                List.of(
                        new ModelProfile.Cost(ProtoMapper.frames(PACKETS), 2, 100, 0.1),
                        new ModelProfile.Cost(new FrameFormat(416, 416, FrameFormat.PIXELS), 1, 100, 0.01)));

        assertThat(ProtoMapper.profile(ProtoMapper.profile(profile))).isEqualTo(profile);
    }

    @Test
    void profileOfAnEarlierReleaseIsReadAsPixels() {
        Learnt stored = Learnt.newBuilder()
                .setModel("m")
                .addCosts(Learnt.Cost.newBuilder()
                        .setPictureWidth(416)
                        .setPictureHeight(416)
                        .setFrameTransport("raw")
                        .setCoreSeconds(1)
                        .setFrames(100))
                .build();

        assertThat(ProtoMapper.profile(stored).costs())
                .extracting(ModelProfile.Cost::format)
                .containsExactly(new FrameFormat(416, 416, FrameFormat.PIXELS));
    }
}
