package io.framequota.media.spherical;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.frame.Projection;
import io.framequota.media.testing.Ffmpeg;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The views of a picture against those of FFmpeg's filter v360, and against what is there. */
class V360IT {
    private static final int SIDE = 320;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"EQUIRECT,e,1280,640", "CUBEMAP,c3x2,960,640", "CUBEMAP6X1,c6x1,1920,320", "EAC,eac,964,648"})
    void eachFaceIsTheOneOfV360(Projection projection, String name, int width, int height) throws Exception {
        Panorama panorama = new Panorama(projection, width, height);
        byte[] pixels = Worlds.draw(width, height, panorama::direction);
        Path raw = Files.write(folder.resolve("in.raw"), pixels);
        PanoramaSampler sampler = new PanoramaSampler(panorama, width, height, 3);
        int[][] faces = {{0, 0}, {90, 0}, {180, 0}, {-90, 0}, {0, 90}, {0, -90}, {30, 20}};
        for (int[] face : faces) {
            View view = new View(face[0], face[1], 90, 90);
            byte[] ours = sampler.render(pixels, view, SIDE, SIDE);
            Path out = Ffmpeg.make(
                    folder.resolve("out.raw"),
                    "-f rawvideo -pix_fmt bgr24 -s " + width + "x" + height + " -i " + raw + " -vf format=gbrp,v360="
                            + name + ":flat:interp=linear:h_fov=90:v_fov=90:w=" + SIDE + ":h=" + SIDE + ":yaw="
                            + face[0]
                            + ":pitch=" + face[1] + ",format=bgr24 -f rawvideo");
            byte[] theirs = Files.readAllBytes(out);
            byte[] there = Worlds.draw(SIDE, SIDE, (x, y) -> view.through(2 * x / SIDE - 1, 2 * y / SIDE - 1));

            String where = projection + " at yaw " + face[0] + ", pitch " + face[1];
            assertThat(Worlds.psnr(ours, theirs)).as(where + " against v360").isGreaterThan(40);
            assertThat(Worlds.psnr(ours, there))
                    .as(where + " against what is there")
                    .isGreaterThan(40);
        }
    }
}
