package io.framequota.media.testing;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Writes a drive as KITTI's raw data have it: people on a street in front of a wall, seen by four cameras and a laser scanner. Everything
 * is known: where the people are, their boxes in each picture, their distances. The same arguments give the same bytes.
 */
public final class TestDrive {
    public static final int WIDTH = 640;
    public static final int HEIGHT = 400;
    public static final List<String> CAMERAS = List.of("image_00", "image_01", "image_02", "image_03");

    /** Nanoseconds since 1970 of the first picture of all. */
    public static final long START_NS = 1_317_042_145_900_000_000L;

    /** From one picture of a camera to the next. */
    public static final long STEP_NS = 103_100_000;

    /** Of each camera's pictures behind those of the first. */
    public static final List<Long> DELAYS_NS = List.of(6_600_000L, 6_613_000L, 480_000L, 0L);

    /** Clockwise from north, in degrees; and metres per second. */
    public static final double HEADING = 239.468;

    public static final double SPEED = 13.173;

    private static final double FOCAL = 420;
    private static final double CENTRE_X = 320;
    private static final double CENTRE_Y = 180;
    /** Of the cameras to the right of camera 0, in metres. */
    private static final double[] BASELINES = {0, 0.54, -0.06, 0.47};
    /** Of the scanner's origin in camera 0. */
    private static final double[] TRANSLATION = {-0.004, -0.076, -0.272};

    private static final double RECTIFIED_TURN = Math.toRadians(1);
    private static final double GROUND = -1.73;
    private static final double WALL = 14;
    private static final double PERSON_HEIGHT = 1.75;
    private static final double PERSON_WIDTH = 0.72;
    private static final double PERSON_DEPTH = 0.3;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn", Locale.ROOT);

    /**
     * A person who walks, in coordinates of the scanner: x forward, y left, in metres.
     *
     * @param x of the middle in frame 0
     * @param y of the middle in frame 0
     * @param dx metres per frame
     * @param dy metres per frame
     * @param occlusion as the annotation says
     */
    public record Person(double x, double y, double dx, double dy, int occlusion) {}

    /** A rectangle in pixels. */
    public record Rectangle(double x1, double y1, double x2, double y2) {}

    private final Path folder;
    private final int frames;
    private final List<Person> people;

    /**
     * @param day the folder to write to: the drive's folder with the calibration files beside it
     * @param frames of each camera
     */
    public TestDrive(Path day, int frames, List<Person> people) {
        this.folder = day.resolve("2011_09_26_drive_0001_sync");
        this.frames = frames;
        this.people = List.copyOf(people);
    }

    /** Two people who walk across the street in front of each camera, 4.5 and 6 m away. */
    public static TestDrive ofWalkers(Path day, int frames) {
        return new TestDrive(day, frames, List.of(new Person(4.5, 1.2, 0, -0.15, 0), new Person(6, -1.8, 0, 0.12, 1)));
    }

    /** Writes the drive and returns its folder. */
    public Path write() throws IOException {
        Files.createDirectories(folder);
        writeCalibration();
        for (int camera = 0; camera < CAMERAS.size(); camera++) {
            writeCamera(camera);
        }
        writeScans();
        writePositions();
        Files.writeString(folder.resolve("tracklet_labels.xml"), tracklets());
        return folder;
    }

    /** Removes scans as in KITTI's drive 0009: their files are missing, and their lines in the times are blank. */
    public void dropScans(Integer... numbers) throws IOException {
        drop("velodyne_points", ".bin", Set.of(numbers));
    }

    /** Removes pictures of a camera in the same way. */
    public void dropPictures(String camera, Integer... numbers) throws IOException {
        drop(camera, ".png", Set.of(numbers));
    }

    private void drop(String sensor, String ending, Set<Integer> numbers) throws IOException {
        Path times = folder.resolve(sensor + "/timestamps.txt");
        List<String> lines = new ArrayList<>(Files.readAllLines(times));
        for (int number : numbers) {
            Files.delete(folder.resolve(sensor + "/data/" + name(number) + ending));
            lines.set(number, "");
        }
        Files.write(times, lines);
    }

    /** Time of a picture in nanoseconds since 1970. */
    public static long timeNs(String camera, int frame) {
        return START_NS + frame * STEP_NS + DELAYS_NS.get(CAMERAS.indexOf(camera));
    }

    /** The box around a person in a picture, also where it is outside. */
    public Rectangle box(String camera, int person, int frame) {
        double left = Double.MAX_VALUE;
        double top = Double.MAX_VALUE;
        double right = -Double.MAX_VALUE;
        double bottom = -Double.MAX_VALUE;
        for (int corner = 0; corner < 8; corner++) {
            double[] pixel = pixel(inCamera(
                    camera,
                    x(person, frame) + (corner % 2 - 0.5) * PERSON_DEPTH,
                    y(person, frame) + (corner / 2 % 2 - 0.5) * PERSON_WIDTH,
                    GROUND + corner / 4 * PERSON_HEIGHT));
            left = Math.min(left, pixel[0]);
            top = Math.min(top, pixel[1]);
            right = Math.max(right, pixel[0]);
            bottom = Math.max(bottom, pixel[1]);
        }
        return new Rectangle(left, top, right, bottom);
    }

    /** Metres from a camera to the middle of a person's front. */
    public double distance(String camera, int person, int frame) {
        double[] at =
                inCamera(camera, x(person, frame) - PERSON_DEPTH / 2, y(person, frame), GROUND + PERSON_HEIGHT / 2);
        return Math.sqrt(at[0] * at[0] + at[1] * at[1] + at[2] * at[2]);
    }

    private double x(int person, int frame) {
        return people.get(person).x() + frame * people.get(person).dx();
    }

    private double y(int person, int frame) {
        return people.get(person).y() + frame * people.get(person).dy();
    }

    /** A point of the scanner in the rectified coordinates of a camera. */
    private static double[] inCamera(String camera, double x, double y, double z) {
        double right = -y + TRANSLATION[0];
        double down = -z + TRANSLATION[1];
        double forward = x + TRANSLATION[2];
        double cos = Math.cos(RECTIFIED_TURN);
        double sin = Math.sin(RECTIFIED_TURN);
        return new double[] {
            cos * right + sin * forward - BASELINES[CAMERAS.indexOf(camera)], down, cos * forward - sin * right
        };
    }

    private static double[] pixel(double[] at) {
        return new double[] {FOCAL * at[0] / at[2] + CENTRE_X, FOCAL * at[1] / at[2] + CENTRE_Y};
    }

    private static String name(int frame) {
        return String.format(Locale.ROOT, "%010d", frame);
    }

    private static String time(long nanos) {
        return TIME.format(LocalDateTime.ofInstant(
                Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000), ZoneOffset.UTC));
    }

    private static String text(double... values) {
        StringBuilder text = new StringBuilder();
        for (double value : values) {
            text.append(String.format(Locale.ROOT, " %.6e", value));
        }
        return text.append('\n').toString();
    }

    private void writeCalibration() throws IOException {
        double cos = Math.cos(RECTIFIED_TURN);
        double sin = Math.sin(RECTIFIED_TURN);
        StringBuilder cams = new StringBuilder("calib_time: 09-Jan-2012 13:57:47\ncorner_dist: 9.950000e-02\n");
        for (int camera = 0; camera < BASELINES.length; camera++) {
            cams.append("S_rect_0").append(camera).append(':').append(text(WIDTH, HEIGHT));
            cams.append("R_rect_0").append(camera).append(':').append(text(cos, 0, sin, 0, 1, 0, -sin, 0, cos));
            cams.append("P_rect_0")
                    .append(camera)
                    .append(':')
                    .append(text(FOCAL, 0, CENTRE_X, -FOCAL * BASELINES[camera], 0, FOCAL, CENTRE_Y, 0, 0, 0, 1, 0));
        }
        Path day = folder.resolveSibling("calib_cam_to_cam.txt");
        Files.writeString(day, cams);
        Files.writeString(
                folder.resolveSibling("calib_velo_to_cam.txt"),
                "calib_time: 15-Mar-2012 11:37:16\nR:" + text(0, -1, 0, 0, 0, -1, 1, 0, 0) + "T:" + text(TRANSLATION)
                        + "delta_f: 0 0\ndelta_c: 0 0\n");
    }

    private void writeCamera(int camera) throws IOException {
        String name = CAMERAS.get(camera);
        Path data = Files.createDirectories(folder.resolve(name + "/data"));
        List<String> times = new ArrayList<>();
        for (int frame = 0; frame < frames; frame++) {
            ImageIO.write(
                    picture(name, frame),
                    "png",
                    data.resolve(name(frame) + ".png").toFile());
            times.add(time(timeNs(name, frame)));
        }
        Files.write(folder.resolve(name + "/timestamps.txt"), times);
    }

    private BufferedImage picture(String camera, int frame) {
        boolean grey = CAMERAS.indexOf(camera) < 2;
        BufferedImage picture =
                new BufferedImage(WIDTH, HEIGHT, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        double horizon = pixel(inCamera(camera, WALL, 0, GROUND))[1];
        byte[] pixels = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
        int row = pixels.length / HEIGHT;
        int grain = frame;
        for (int i = 0; i < pixels.length; i++) {
            grain = grain * 1_103_515_245 + 12_345;
            pixels[i] = (byte) ((i / row < horizon ? 212 : 180) + (grain >>> 30));
        }
        Graphics2D drawing = picture.createGraphics();
        drawing.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        for (int person = people.size() - 1; person >= 0; person--) {
            draw(
                    drawing,
                    box(camera, person, frame),
                    0.9 * frame + person,
                    people.get(person).dy() > 0 ? -1 : 1);
        }
        drawing.dispose();
        return picture;
    }

    /** A walking person from limbs, whose sizes are parts of the height. */
    private static void draw(Graphics2D drawing, Rectangle box, double phase, int facing) {
        double height = box.y2() - box.y1();
        Limbs limbs = new Limbs(drawing, (box.x1() + box.x2()) / 2, box.y1(), height, facing);
        Color coat = new Color(40, 45, 62);
        Color trousers = new Color(30, 35, 42);
        for (double turn : new double[] {Math.PI, 0}) {
            double thigh = 0.38 * Math.sin(phase + turn);
            double shin = thigh - 0.9 * (0.25 + 0.35 * Math.max(0, Math.sin(phase + turn + 1.9)));
            double knee = 0.245 * Math.sin(thigh);
            limbs.limb(0, 0.5, knee, 0.5 + 0.245 * Math.cos(thigh), 0.054, trousers);
            limbs.limb(
                    knee,
                    0.5 + 0.245 * Math.cos(thigh),
                    knee + 0.22 * Math.sin(shin),
                    0.5 + 0.245 * Math.cos(thigh) + 0.22 * Math.cos(shin),
                    0.036,
                    trousers);
        }
        for (double side : new double[] {-0.045, 0, 0.045}) {
            limbs.limb(side, 0.225, side * 0.75, 0.51, 0.058, coat);
        }
        limbs.limb(0, 0.13, 0, 0.19, 0.033, new Color(205, 170, 150));
        limbs.limb(0.004, 0.066, 0.008, 0.095, 0.054, new Color(205, 170, 150));
        limbs.limb(-0.012, 0.055, -0.006, 0.058, 0.052, new Color(45, 35, 30));
        double elbow = 0.17 * Math.sin(0.4 * Math.sin(phase));
        limbs.limb(0, 0.215, elbow, 0.38, 0.034, coat);
        limbs.limb(elbow, 0.38, elbow + 0.06, 0.52, 0.028, coat);
    }

    private record Limbs(Graphics2D drawing, double x, double top, double height, int facing) {
        void limb(double ax, double ay, double bx, double by, double radius, Color color) {
            drawing.setColor(color);
            drawing.setStroke(
                    new BasicStroke((float) (2 * radius * height), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            drawing.draw(new Line2D.Double(
                    x + facing * ax * height, top + ay * height, x + facing * bx * height, top + by * height));
        }
    }

    private void writeScans() throws IOException {
        Path data = Files.createDirectories(folder.resolve("velodyne_points/data"));
        List<String> times = new ArrayList<>();
        for (int frame = 0; frame < frames; frame++) {
            Files.write(data.resolve(name(frame) + ".bin"), scan(frame));
            times.add(time(START_NS + frame * STEP_NS - 10_000_000));
        }
        Files.write(folder.resolve("velodyne_points/timestamps.txt"), times);
    }

    /** What 64 beams hit between 45 degrees to the left and to the right: people, the ground or the wall. */
    private byte[] scan(int frame) {
        ByteBuffer points = ByteBuffer.allocate(64 * 451 * 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int beam = 0; beam < 64; beam++) {
            double elevation = Math.toRadians(2 - beam * 26.8 / 63);
            for (int step = 0; step <= 450; step++) {
                double azimuth = Math.toRadians(45 - step * 0.2);
                double[] ray = {
                    Math.cos(elevation) * Math.cos(azimuth),
                    Math.cos(elevation) * Math.sin(azimuth),
                    Math.sin(elevation)
                };
                double range = range(ray, frame);
                for (double direction : ray) {
                    points.putFloat((float) (direction * range));
                }
                points.putFloat(0.3f);
            }
        }
        return points.array();
    }

    private double range(double[] ray, int frame) {
        double range = WALL / ray[0];
        if (ray[2] < 0) {
            range = Math.min(range, GROUND / ray[2]);
        }
        for (int person = 0; person < people.size(); person++) {
            double hit = (x(person, frame) - PERSON_DEPTH / 2) / ray[0];
            boolean across = Math.abs(hit * ray[1] - y(person, frame)) <= PERSON_WIDTH / 2;
            if (across && hit * ray[2] >= GROUND && hit * ray[2] <= GROUND + PERSON_HEIGHT) {
                range = Math.min(range, hit);
            }
        }
        return range;
    }

    /** The car drives south-west, as the one of KITTI's drive 0001. */
    private void writePositions() throws IOException {
        Path data = Files.createDirectories(folder.resolve("oxts/data"));
        List<String> times = new ArrayList<>();
        for (int frame = 0; frame < frames; frame++) {
            String position = String.format(Locale.ROOT, "%.9f %.9f", 49.015 - frame * 6e-6, 8.4343 - frame * 1.5e-5);
            Files.writeString(
                    data.resolve(name(frame) + ".txt"),
                    position + " 116.4 0.036 0.009 -2.6087 -6.8114 -11.2756 13.17" + " 0".repeat(21) + "\n");
            times.add(time(START_NS + frame * STEP_NS + 3_000_000));
        }
        Files.write(folder.resolve("oxts/timestamps.txt"), times);
    }

    private String tracklets() {
        StringBuilder xml = new StringBuilder("""
                <?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
                <!DOCTYPE boost_serialization>
                <boost_serialization signature="serialization::archive" version="9">
                <tracklets version="0" tracking_level="0" class_id="0">
                <count>%d</count><item_version>1</item_version>
                """.formatted(people.size()));
        for (int person = 0; person < people.size(); person++) {
            xml.append(String.format(
                    Locale.ROOT,
                    "<item class_id=\"1\" version=\"1\" tracking_level=\"0\"><l>%s</l><w>%s</w><h>%s</h>"
                            + "<objectType>Pedestrian</objectType><first_frame>0</first_frame>"
                            + "<poses class_id=\"2\"><count>%d</count><item_version>2</item_version>%n",
                    PERSON_DEPTH,
                    PERSON_WIDTH,
                    PERSON_HEIGHT,
                    frames));
            for (int frame = 0; frame < frames; frame++) {
                xml.append(String.format(
                        Locale.ROOT,
                        "<item><rz>0</rz><ry>0</ry><rx>0</rx><tz>%s</tz><ty>%s</ty><tx>%s</tx><state>2</state>"
                                + "<occlusion>%d</occlusion><truncation>0</truncation></item>%n",
                        GROUND,
                        y(person, frame),
                        x(person, frame),
                        people.get(person).occlusion()));
            }
            xml.append("</poses><finished>1</finished></item>\n");
        }
        return xml.append("</tracklets>\n</boost_serialization>\n").toString();
    }
}
