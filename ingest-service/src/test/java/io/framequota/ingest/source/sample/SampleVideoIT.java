package io.framequota.ingest.source.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.testing.Ffmpeg;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleVideoIT {
    @TempDir
    Path folder;

    @Test
    void hasEveryFrameAndItsGroundTruth() throws Exception {
        Path video = new SampleVideo().walkers(folder);

        assertThat(Ffmpeg.times(video))
                .hasSize(120)
                .startsWith("0.000000", "0.100000")
                .endsWith("11.900000");
        assertThat(Files.readAllLines(folder.resolve("walkers-2.truth.json"))).hasSize(122);
        assertThat(folder.toFile().list()).hasSize(2);
    }

    @Test
    void givesTheSamePixelsForTheSameSeed() {
        assertThat(new WalkerScene(3).picture(50)).isEqualTo(new WalkerScene(3).picture(50));
        assertThat(new WalkerScene(3).picture(50)).isNotEqualTo(new WalkerScene(4).picture(50));
    }

    @Test
    void groundTruthMatchesTheDrawing() {
        WalkerScene scene = new WalkerScene(3);
        byte[] before = scene.picture(0);
        byte[] after = scene.picture(60);
        for (WalkerScene.Truth truth : scene.truth(60)) {
            PixelBox box = truth.box();
            int changed = 0;
            int all = 0;
            for (int y = (int) box.y1(); y < (int) box.y2(); y++) {
                for (int x = (int) box.x1(); x < (int) box.x2(); x++) {
                    int i = (y * WalkerScene.WIDTH + x) * 3;
                    all++;
                    changed += before[i] != after[i] || before[i + 1] != after[i + 1] ? 1 : 0;
                }
            }
            assertThat((double) changed / all).isBetween(0.25, 0.9);
        }
    }

    @Test
    void groundTruthLeavesOutPeopleOutsideThePicture() {
        WalkerScene scene = new WalkerScene(3);
        assertThat(scene.truth(0)).hasSize(2);
        assertThat(scene.truth(60)).hasSize(3);
        assertThat(scene.truth(0)).allSatisfy(t -> {
            assertThat(t.visible()).isBetween(0.0, 1.0);
            assertThat(t.box().x1()).isGreaterThanOrEqualTo(0);
            assertThat(t.box().x2()).isLessThanOrEqualTo(WalkerScene.WIDTH);
        });
    }
}
