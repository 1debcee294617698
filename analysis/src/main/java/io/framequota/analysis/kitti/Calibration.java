package io.framequota.analysis.kitti;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the laser scanner's points are in the cameras' pictures. Scanner coordinates are x forward, y left, z up, in metres; camera
 * coordinates x right, y down, z forward. Immutable.
 */
public final class Calibration {
    static final String CAMERAS_FILE = "calib_cam_to_cam.txt";
    static final String SCANNER_FILE = "calib_velo_to_cam.txt";
    static final List<String> FILES = List.of(CAMERAS_FILE, SCANNER_FILE, "calib_imu_to_velo.txt");

    /** Of a file; KITTI's have 4 KB. */
    static final int MOST_BYTES = 64 << 10;

    private static final double NEAREST = 0.1;

    /**
     * A point as a camera sees it.
     *
     * @param u pixels from the left edge
     * @param v pixels from the top edge
     * @param distance from the camera in metres
     */
    public record Seen(double u, double v, double distance) {}

    /** Turns a point of camera 0 into one of a camera's picture; null if the camera cannot see it. */
    private interface Lens {
        @Nullable
        Seen see(double[] point);
    }

    private record Camera(int width, int height, Lens lens) {}

    private final Map<String, Camera> cameras;
    private final double[] rotation;
    private final double[] translation;

    private Calibration(Map<String, Camera> cameras, double[] rotation, double[] translation) {
        this.cameras = Map.copyOf(cameras);
        this.rotation = rotation;
        this.translation = translation;
    }

    /**
     * Reads the calibration of a day.
     *
     * @param camToCam the text of {@code calib_cam_to_cam.txt}
     * @param veloToCam the text of {@code calib_velo_to_cam.txt}
     * @param extract whether the pictures are not rectified: then a camera's own matrix, position and distortion count instead of
     *     {@code P_rect} and {@code R_rect_00}
     * @throws InvalidDriveException if an entry is missing or is no matrix
     */
    public static Calibration parse(String camToCam, String veloToCam, boolean extract) throws InvalidDriveException {
        Map<String, String> cams = entries(camToCam);
        Map<String, String> velo = entries(veloToCam);
        Map<String, Camera> cameras = new HashMap<>();
        for (String camera : DriveLayout.CAMERAS) {
            String id = camera.substring(camera.length() - 2);
            // A drive with the colour cameras alone may have their calibration alone.
            if (cams.containsKey("P_rect_" + id) || extract && cams.containsKey("K_" + id)) {
                double[] size = matrix(cams, (extract ? "S_" : "S_rect_") + id, 2, CAMERAS_FILE);
                cameras.put(
                        camera,
                        new Camera(
                                (int) size[0], (int) size[1], extract ? rawLens(cams, id) : rectifiedLens(cams, id)));
            }
        }
        if (cameras.isEmpty()) {
            throw new InvalidDriveException(CAMERAS_FILE + ": there is no " + (extract ? "K_00" : "P_rect_00")
                    + " or that of another camera; use the file of KITTI's calibration archive of the day");
        }
        return new Calibration(cameras, matrix(velo, "R", 9, SCANNER_FILE), matrix(velo, "T", 3, SCANNER_FILE));
    }

    private static Lens rectifiedLens(Map<String, String> cams, String id) throws InvalidDriveException {
        double[] p = matrix(cams, "P_rect_" + id, 12, CAMERAS_FILE);
        double[] r = matrix(cams, "R_rect_00", 9, CAMERAS_FILE);
        return point -> {
            double[] x = times(r, point);
            double depth = p[8] * x[0] + p[9] * x[1] + p[10] * x[2] + p[11];
            if (depth < NEAREST) {
                return null;
            }
            double u = (p[0] * x[0] + p[1] * x[1] + p[2] * x[2] + p[3]) / depth;
            double v = (p[4] * x[0] + p[5] * x[1] + p[6] * x[2] + p[7]) / depth;
            // P is K times the camera's position, so the ray through a pixel gives the place beside the camera.
            return new Seen(u, v, depth * Math.hypot(1, Math.hypot((u - p[2]) / p[0], (v - p[6]) / p[5])));
        };
    }

    private static Lens rawLens(Map<String, String> cams, String id) throws InvalidDriveException {
        double[] k = matrix(cams, "K_" + id, 9, CAMERAS_FILE);
        double[] d = matrix(cams, "D_" + id, 5, CAMERAS_FILE);
        double[] r = matrix(cams, "R_" + id, 9, CAMERAS_FILE);
        double[] t = matrix(cams, "T_" + id, 3, CAMERAS_FILE);
        return point -> {
            double[] c = plus(times(r, point), t);
            if (c[2] < NEAREST) {
                return null;
            }
            double x = c[0] / c[2];
            double y = c[1] / c[2];
            double q = x * x + y * y;
            // Beyond this angle the distortion's polynomial turns back, and would show the point inside the picture.
            if (1 + q * (3 * d[0] + q * (5 * d[1] + q * 7 * d[4])) <= 0) {
                return null;
            }
            double radial = 1 + q * (d[0] + q * (d[1] + q * d[4]));
            double dx = x * radial + 2 * d[2] * x * y + d[3] * (q + 2 * x * x);
            double dy = y * radial + d[2] * (q + 2 * y * y) + 2 * d[3] * x * y;
            return new Seen(k[0] * dx + k[2], k[4] * dy + k[5], Math.sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]));
        };
    }

    /** Whether the camera is calibrated. */
    public boolean has(String camera) {
        return cameras.containsKey(camera);
    }

    /** Width of the camera's pictures in pixels; the camera must be calibrated. */
    public int width(String camera) {
        return camera(camera).width();
    }

    /** Height of the camera's pictures in pixels; the camera must be calibrated. */
    public int height(String camera) {
        return camera(camera).height();
    }

    /** A point of the scanner as the camera sees it, inside its picture or not; null if it is behind the camera. */
    public @Nullable Seen see(String camera, double x, double y, double z) {
        return camera(camera).lens().see(plus(times(rotation, new double[] {x, y, z}), translation));
    }

    private Camera camera(String name) {
        Camera camera = cameras.get(name);
        if (camera == null) {
            throw new IllegalArgumentException("camera " + name + " is not calibrated");
        }
        return camera;
    }

    private static double[] times(double[] m, double[] x) {
        return new double[] {
            m[0] * x[0] + m[1] * x[1] + m[2] * x[2],
            m[3] * x[0] + m[4] * x[1] + m[5] * x[2],
            m[6] * x[0] + m[7] * x[1] + m[8] * x[2]
        };
    }

    private static double[] plus(double[] a, double[] b) {
        return new double[] {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
    }

    private static Map<String, String> entries(String text) {
        Map<String, String> entries = new HashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                entries.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        });
        return entries;
    }

    private static double[] matrix(Map<String, String> entries, String key, int size, String file)
            throws InvalidDriveException {
        String text = entries.get(key);
        if (text == null) {
            throw new InvalidDriveException(
                    file + ": there is no " + key + "; use the file of KITTI's calibration archive of the day");
        }
        String[] values = text.split("\\s+");
        if (values.length != size) {
            throw new InvalidDriveException(file + ", " + key + ": " + values.length + " values instead of " + size);
        }
        double[] matrix = new double[size];
        for (int i = 0; i < size; i++) {
            matrix[i] = KittiNumbers.number(values[i], file + ", " + key);
        }
        return matrix;
    }
}
