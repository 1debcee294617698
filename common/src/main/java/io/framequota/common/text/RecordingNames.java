package io.framequota.common.text;

import java.util.regex.Pattern;

/** Which files beside its pictures belong to a recording of KITTI's raw data, by their names. */
public final class RecordingNames {
    private static final Pattern BESIDE =
            Pattern.compile("(?:.*/)?(?:image_0[0-3]/timestamps\\.txt|oxts/(?:.*/)?[^/]*\\.txt"
                    + "|velodyne_points/(?:.*/)?[^/]*\\.(?:bin|txt)|calib_[a-z_]+\\.txt|tracklet_labels\\.xml)");

    private static final Pattern CAMERA = Pattern.compile("image_0[0-3]/data/.*");
    private static final Pattern CALIBRATION = Pattern.compile("calib_[a-z_]+\\.txt");

    private RecordingNames() {}

    /** Whether a file holds times, positions, laser points, calibration or annotations. */
    public static boolean isBesidePictures(String path) {
        return BESIDE.matcher(path).matches();
    }

    /** Whether a file is a camera's, and its path begins with the camera's folder: then the folder around it is the recording's. */
    public static boolean isOfCamera(String path) {
        return CAMERA.matcher(path).matches();
    }

    /** Whether a file has the calibration of a day, which is beside the recordings of the day. */
    public static boolean isCalibration(String name) {
        return CALIBRATION.matcher(name).matches();
    }
}
