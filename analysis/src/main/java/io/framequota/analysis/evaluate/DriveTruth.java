package io.framequota.analysis.evaluate;

import io.framequota.analysis.kitti.Calibration;
import io.framequota.analysis.kitti.Drive;
import io.framequota.analysis.kitti.InvalidDriveException;
import io.framequota.analysis.kitti.Tracklet;
import io.framequota.analysis.result.FrameKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The annotated objects of a KITTI drive, as boxes in the pictures of its cameras. */
public final class DriveTruth {
    /** As in KITTI's benchmark: smaller objects, and those cut by more than half, are neither right nor wrong. */
    private static final double LEAST_HEIGHT = 25;

    private static final double MOST_CUT = 0.5;

    /**
     * KITTI's classes in the words of COCO, which most models use; the others are left out. A cyclist's box holds a person and a
     * bicycle and is the box of neither, so it is ignored.
     */
    private static final Map<String, String> COCO = Map.of(
            "Car", "car",
            "Van", "car",
            "Truck", "truck",
            "Tram", "train",
            "Pedestrian", "person",
            "Person (sitting)", "person",
            "Cyclist", "person");

    private static final String CYCLIST = "Cyclist";

    private DriveTruth() {}

    /**
     * Projects the annotated boxes of all pictures of a drive.
     *
     * @param names whether classes keep KITTI's names instead of getting COCO's
     * @throws InvalidDriveException if the drive has no annotations, or they or the calibration cannot be used
     */
    public static Truth of(Drive drive, boolean names) throws IOException, InvalidDriveException {
        if (!drive.synchronised()) {
            throw new InvalidDriveException(
                    "annotations belong to the frames of a synchronized drive; use the one that ends" + " in _sync");
        }
        List<Tracklet> tracklets = drive.tracklets();
        Calibration calibration = drive.calibration()
                .orElseThrow(() -> new InvalidDriveException(drive.problems().stream()
                        .filter(p -> p.contains("calib_"))
                        .findFirst()
                        .orElse("there is no calibration")));
        Map<FrameKey, List<TruthObject>> frames = new TreeMap<>();
        for (Drive.Frame frame : drive.frames()) {
            if (calibration.has(frame.camera())) {
                List<TruthObject> objects = new ArrayList<>();
                for (int i = 0; i < tracklets.size(); i++) {
                    object(tracklets.get(i), i, frame, calibration, names).ifPresent(objects::add);
                }
                frames.put(new FrameKey(frame.camera(), frame.number()), objects);
            }
        }
        return new Truth(frames, names ? Set.of() : Set.copyOf(COCO.values()));
    }

    private static Optional<TruthObject> object(
            Tracklet tracklet, int number, Drive.Frame frame, Calibration calibration, boolean names) {
        Tracklet.@Nullable Pose pose = tracklet.at(frame.number());
        String label = names ? tracklet.label() : COCO.get(tracklet.label());
        if (pose == null || label == null) {
            return Optional.empty();
        }
        TruthObject.Occlusion occlusion = occlusion(pose.occlusion());
        boolean cyclist = !names && tracklet.label().equals(CYCLIST);
        return tracklet.seenBy(calibration, frame.camera(), pose)
                .map(seen -> new TruthObject(
                        label,
                        seen.box(),
                        OptionalLong.of(number),
                        cyclist || seen.cut() > MOST_CUT || seen.box().height() < LEAST_HEIGHT,
                        OptionalDouble.of(seen.distance()),
                        occlusion));
    }

    private static TruthObject.Occlusion occlusion(int kitti) {
        return switch (kitti) {
            case 0 -> TruthObject.Occlusion.VISIBLE;
            case 1 -> TruthObject.Occlusion.PARTLY;
            case 2 -> TruthObject.Occlusion.LARGELY;
            default -> TruthObject.Occlusion.UNKNOWN;
        };
    }

    /** Whether a class is named as KITTI does. */
    public static boolean isKittiName(String label) {
        return COCO.containsKey(label);
    }
}
