package io.framequota.analysis.kitti;

/**
 * Where the car is and where it goes, from the GPS and the inertial unit.
 *
 * @param lat latitude in degrees
 * @param lon longitude in degrees
 * @param speed over ground, in metres per second
 * @param heading of the car's front in degrees clockwise from north, from 0 to less than 360
 */
public record Oxts(double lat, double lon, double speed, double heading) {
    /** Of a file; KITTI's have less than 1 KB. */
    static final int MOST_BYTES = 64 << 10;

    private static final int YAW = 5;
    private static final int NORTH = 6;
    private static final int EAST = 7;

    /**
     * Reads one of KITTI's files, of which yaw is counted counter-clockwise from east in radians.
     *
     * @param name of the file, for messages
     */
    static Oxts parse(String text, String name) throws InvalidDriveException {
        String[] values = text.strip().split("\\s+");
        if (values.length <= EAST) {
            throw new InvalidDriveException(name + ": " + values.length + " values; KITTI's have 30");
        }
        double[] numbers = new double[EAST + 1];
        for (int i = 0; i <= EAST; i++) {
            numbers[i] = KittiNumbers.number(values[i], name);
        }
        double heading = 90 - Math.toDegrees(numbers[YAW]);
        return new Oxts(
                numbers[0],
                numbers[1],
                Math.hypot(numbers[NORTH], numbers[EAST]),
                heading - 360 * Math.floor(heading / 360));
    }
}
