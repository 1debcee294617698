package io.framequota.analysis.kitti;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * One turn of the laser scanner.
 *
 * @param xyz coordinates of one point after the other in metres, as {@link Calibration} has them; not to be changed
 */
record LaserScan(float[] xyz) {
    /** Of a file; KITTI's have 2 MB, as texts 4 MB. */
    static final int MOST_BYTES = 8 << 20;

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final int POINT_BYTES = 16;
    private static final int FIRST_POINTS = 1 << 17;

    /**
     * Reads a scan: x, y, z and reflectance as little-endian 32-bit floats, or as a text with a point in each line, as unsynchronized
     * drives have it.
     *
     * @throws InvalidDriveException if the file ends inside a point
     */
    static LaserScan parse(byte[] bytes, String name) throws InvalidDriveException {
        return name.endsWith(".txt") ? text(bytes, name) : binary(bytes, name);
    }

    private static LaserScan binary(byte[] bytes, String name) throws InvalidDriveException {
        if (bytes.length == 0 || bytes.length % POINT_BYTES != 0) {
            throw new InvalidDriveException(name + ": " + bytes.length
                    + " bytes are no whole number of points of 16 bytes; copy the file again");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] xyz = new float[bytes.length / POINT_BYTES * 3];
        for (int i = 0; i < xyz.length; i += 3) {
            xyz[i] = buffer.getFloat();
            xyz[i + 1] = buffer.getFloat();
            xyz[i + 2] = buffer.getFloat();
            buffer.getFloat();
        }
        return new LaserScan(xyz);
    }

    private static LaserScan text(byte[] bytes, String name) throws InvalidDriveException {
        float[] xyz = new float[FIRST_POINTS * 3];
        int count = 0;
        int end;
        for (int begin = 0; begin < bytes.length; begin = end + 1) {
            end = endOfLine(bytes, begin);
            String line = new String(bytes, begin, end - begin, StandardCharsets.US_ASCII);
            String[] parts = SPACE.split(line.strip(), 4);
            if (parts.length < 3) {
                throw new InvalidDriveException(name + ": a line is no point; copy the file again");
            }
            if (count == xyz.length) {
                xyz = Arrays.copyOf(xyz, 2 * count);
            }
            for (int i = 0; i < 3; i++) {
                xyz[count++] = (float) KittiNumbers.number(parts[i], name);
            }
        }
        return new LaserScan(Arrays.copyOf(xyz, count));
    }

    private static int endOfLine(byte[] bytes, int begin) {
        int end = begin;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    /** The points that a camera sees inside its picture. */
    PictureDepth seenBy(Calibration calibration, String camera) {
        int width = calibration.width(camera);
        int height = calibration.height(camera);
        PictureDepth.Builder seen = new PictureDepth.Builder(xyz.length / 3);
        for (int i = 0; i < xyz.length; i += 3) {
            Calibration.Seen point = calibration.see(camera, xyz[i], xyz[i + 1], xyz[i + 2]);
            if (point != null && point.u() >= 0 && point.u() < width && point.v() >= 0 && point.v() < height) {
                seen.add(point);
            }
        }
        return seen.build();
    }
}
