package io.framequota.ingest.source.sample;

import io.framequota.media.decode.ColorInfo;
import io.framequota.media.encode.ffmpeg.Mp4Encoder;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** Draws the sample clip on first use and keeps it with its ground truth: {@code walkers-N.mp4}, {@code walkers-N.truth.json}. */
@ApplicationScoped
public class SampleVideo {
    /** Has the version of drawing and encoding. Increase it with every change, so that a kept file of an older version is not used. */
    private static final String NAME = "walkers-2";

    private static final long SEED = 20;

    /**
     * Returns the sample in a folder. Draws it when it does not exist, which takes a second.
     *
     * @throws IOException when the sample cannot be written
     */
    public synchronized Path walkers(Path folder) throws IOException {
        Path video = folder.resolve(NAME + ".mp4");
        if (Files.exists(video)) {
            return video;
        }
        Files.createDirectories(folder);
        WalkerScene scene = new WalkerScene(SEED);
        Files.writeString(folder.resolve(NAME + ".truth.json"), truth(scene));
        Path unfinished = folder.resolve(NAME + ".mp4.part");
        try {
            try (Mp4Encoder encoder = Mp4Encoder.open(
                    unfinished, WalkerScene.WIDTH, WalkerScene.HEIGHT, WalkerScene.FPS, ColorInfo.BT709)) {
                for (int frame = 0; frame < WalkerScene.FRAMES; frame++) {
                    encoder.add(scene.picture(frame), frame * 1000.0 / WalkerScene.FPS);
                }
                encoder.finish();
            }
            Files.move(unfinished, video, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return video;
    }

    /** A JSON array with one object per frame: {@code {"frame":0,"boxes":[{"box":[x1,y1,x2,y2],"visible":0.97}]}}. */
    private static String truth(WalkerScene scene) {
        StringBuilder json = new StringBuilder("[\n");
        for (int frame = 0; frame < WalkerScene.FRAMES; frame++) {
            json.append(frame == 0 ? "" : ",\n")
                    .append("{\"frame\":")
                    .append(frame)
                    .append(",\"boxes\":[");
            String comma = "";
            for (WalkerScene.Truth truth : scene.truth(frame)) {
                json.append(comma)
                        .append(String.format(
                                Locale.ROOT,
                                "{\"box\":[%.1f,%.1f,%.1f,%.1f],\"visible\":%.2f}",
                                truth.box().x1(),
                                truth.box().y1(),
                                truth.box().x2(),
                                truth.box().y2(),
                                truth.visible()));
                comma = ",";
            }
            json.append("]}");
        }
        return json.append("\n]\n").toString();
    }
}
