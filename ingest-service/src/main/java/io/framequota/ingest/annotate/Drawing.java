package io.framequota.ingest.annotate;

import io.framequota.analysis.kitti.DriveTimes;
import io.framequota.analysis.zone.Zone;
import java.nio.file.Path;
import java.util.List;

/**
 * On what detections are drawn.
 *
 * @param source a video, or an archive of pictures
 * @param stream of the video in which the detections were found, or {@code VideoDecoder.ANY_STREAM}
 * @param zones that are drawn, too
 * @param times of a drive's pictures; {@link DriveTimes#NONE} for the source's own
 */
public record Drawing(Path source, int stream, List<Zone> zones, DriveTimes times) {
    public Drawing {
        zones = List.copyOf(zones);
    }
}
