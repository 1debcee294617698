package io.framequota.analysis.kitti;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A recording of several cameras, with the texts and names of everything around their pictures. What belongs together is found by
 * the numbers in the files' names, never by a file's position in a list: a file that is missing shifts nothing. Immutable.
 */
public final class Drive {
    private static final long OXTS_WITHIN_NS = 1_000_000_000;
    /** Half of the scanner's period, and some jitter. */
    private static final long SCAN_WITHIN_NS = 60_000_000;

    private static final long USUAL_STEP_NS = 100_000_000;
    private static final int POINT_BYTES = 16;

    /**
     * A picture.
     *
     * @param camera name of the camera's folder
     * @param number in the file's name
     * @param file name in the drive
     * @param timeNs nanoseconds since 1970, null if the drive does not say
     * @param orderNs the same, estimated where it is unknown
     */
    public record Frame(
            String camera,
            long number,
            String file,
            @Nullable Long timeNs,
            long orderNs) {}

    private final DriveFiles files;
    private final DriveLayout layout;
    private final Map<String, DriveStream> cameras = new TreeMap<>();
    private final DriveStream scans;
    private final DriveStream positions;
    private final NavigableMap<Long, Long> scansByTime;
    private final NavigableMap<Long, Long> positionsByTime;
    private final Map<Long, Oxts> oxts = new TreeMap<>();
    private final List<Frame> frames = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final @Nullable Calibration calibration;

    private Drive(DriveFiles files, DriveLayout layout) {
        this.files = files;
        this.layout = layout;
        Set<String> names = files.names();
        for (String camera : DriveLayout.CAMERAS) {
            cameras.put(camera, stream(names, camera, List.of(".png", ".jpg", ".jpeg")));
        }
        this.scans = wholeScans(
                stream(names, "velodyne_points", layout.extract() ? List.of(".txt", ".bin") : List.of(".bin")));
        this.positions = stream(names, "oxts", List.of(".txt"));
        this.scansByTime = scans.byTime();
        this.positionsByTime = positions.byTime();
        collect();
        reportCameras();
        reportScans();
        readOxts();
        this.calibration = readCalibration(names);
    }

    /**
     * Reads a drive: names, times, positions and calibration. Whatever is missing or damaged is among the {@link #problems}.
     *
     * @param files are read later, too
     * @return empty if these are no files of a drive
     * @throws InvalidDriveException if they are those of several drives
     */
    public static Optional<Drive> open(DriveFiles files) throws InvalidDriveException {
        Optional<DriveLayout> layout = DriveLayout.of(files.names());
        return layout.isPresent() ? Optional.of(new Drive(files, layout.get())) : Optional.empty();
    }

    private DriveStream stream(Set<String> names, String name, List<String> endings) {
        String folder = layout.prefix() + name + "/";
        String times = folder + "timestamps.txt";
        String text = null;
        try {
            text = names.contains(times) ? files.text(times, DriveStream.MOST_TIMES_BYTES) : null;
        } catch (IOException e) {
            problems.add(name + "/timestamps.txt: it is damaged, or larger than " + (DriveStream.MOST_TIMES_BYTES >> 20)
                    + " MiB, and not used");
        }
        return DriveStream.of(name, names, folder, endings, text);
    }

    private DriveStream wholeScans(DriveStream all) {
        List<Long> cut = new ArrayList<>();
        List<Long> large = new ArrayList<>();
        all.files().forEach((number, file) -> {
            long size = files.size(file);
            if (size > LaserScan.MOST_BYTES) {
                large.add(number);
            } else if (size == 0 || file.endsWith(".bin") && size % POINT_BYTES != 0) {
                cut.add(number);
            }
        });
        DriveStream whole = without(all, cut, "empty or cut off");
        return without(whole, large, "larger than " + (LaserScan.MOST_BYTES >> 20) + " MiB");
    }

    private static DriveStream without(DriveStream scans, List<Long> numbers, String why) {
        return numbers.isEmpty()
                ? scans
                : scans.without(
                        numbers,
                        "velodyne_points: " + counted(numbers, "scan") + " " + why + ", and not used: "
                                + KittiNumbers.ranges(numbers));
    }

    private void collect() {
        TreeMap<Long, Long> known = new TreeMap<>();
        cameras.values().forEach(c -> c.times().forEach(known::putIfAbsent));
        for (DriveStream camera : cameras.values()) {
            camera.files().forEach((number, file) -> {
                Long time = camera.times().get(number);
                frames.add(new Frame(camera.name(), number, file, time, time != null ? time : estimate(number, known)));
            });
        }
    }

    /** The time of another camera's picture with this number, or the one that the pictures around it leave. */
    private static long estimate(long number, TreeMap<Long, Long> known) {
        Map.Entry<Long, Long> before = known.floorEntry(number);
        Map.Entry<Long, Long> after = known.ceilingEntry(number);
        if (before != null && after != null) {
            long steps = after.getKey() - before.getKey();
            long part = steps == 0 ? 0 : (after.getValue() - before.getValue()) / steps;
            return before.getValue() + part * (number - before.getKey());
        }
        Map.Entry<Long, Long> one = before != null ? before : after;
        return one == null ? number * USUAL_STEP_NS : one.getValue() + USUAL_STEP_NS * (number - one.getKey());
    }

    private void reportCameras() {
        NavigableSet<Long> all = numbers();
        for (DriveStream camera : cameras.values()) {
            problems.addAll(camera.problems());
            NavigableSet<Long> missing = new TreeSet<>(all);
            missing.removeAll(camera.files().keySet());
            if (camera.files().isEmpty()) {
                problems.add(camera.name() + ": there are no pictures");
            } else if (!missing.isEmpty()) {
                problems.add(camera.name() + ": " + counted(missing, "picture") + " missing that other cameras have: "
                        + KittiNumbers.ranges(missing));
            }
            NavigableSet<Long> timeless = new TreeSet<>(camera.files().keySet());
            timeless.removeAll(camera.times().keySet());
            if (!timeless.isEmpty()) {
                problems.add(camera.name() + "/timestamps.txt: no time for " + timeless.size() + " of "
                        + camera.files().size() + " pictures: " + KittiNumbers.ranges(timeless));
            }
            List<Long> empty = camera.files().entrySet().stream()
                    .filter(f -> files.size(f.getValue()) == 0)
                    .map(Map.Entry::getKey)
                    .toList();
            if (!empty.isEmpty()) {
                problems.add(
                        camera.name() + ": " + counted(empty, "picture") + " empty: " + KittiNumbers.ranges(empty));
            }
        }
    }

    private void reportScans() {
        problems.addAll(scans.problems());
        if (scans.files().isEmpty()) {
            problems.add("velodyne_points: there are no scans, so detections have no distance");
            return;
        }
        NavigableSet<Long> without = new TreeSet<>();
        frames.stream().filter(f -> scanOf(f) == null).forEach(f -> without.add(f.number()));
        if (!without.isEmpty()) {
            problems.add("velodyne_points: " + without.size()
                    + " pictures of a camera have no scan, so their detections have" + " no distance: "
                    + KittiNumbers.ranges(without));
        }
    }

    private void readOxts() {
        problems.addAll(positions.problems());
        List<Long> damaged = new ArrayList<>();
        positions.files().forEach((number, file) -> {
            try {
                oxts.put(number, Oxts.parse(files.text(file, Oxts.MOST_BYTES), file));
            } catch (IOException | InvalidDriveException e) {
                damaged.add(number);
            }
        });
        if (!damaged.isEmpty()) {
            problems.add("oxts: " + counted(damaged, "file") + " empty or damaged: " + KittiNumbers.ranges(damaged));
        }
        if (oxts.isEmpty()) {
            problems.add("oxts: there are no positions");
        }
    }

    private @Nullable Calibration readCalibration(Set<String> names) {
        String cams = beside(names, Calibration.CAMERAS_FILE);
        String velo = beside(names, Calibration.SCANNER_FILE);
        if (cams == null || velo == null) {
            problems.add("there is no " + (cams == null ? Calibration.CAMERAS_FILE : Calibration.SCANNER_FILE)
                    + " in the drive's folder or the one around it, so detections have no distance; put KITTI's"
                    + " calibration files of the day there");
            return null;
        }
        try {
            return Calibration.parse(
                    files.text(cams, Calibration.MOST_BYTES),
                    files.text(velo, Calibration.MOST_BYTES),
                    layout.extract());
        } catch (IOException | InvalidDriveException e) {
            problems.add(e.getMessage() + "; detections have no distance");
            return null;
        }
    }

    /** A file in the drive's folder, in the one around it, or in none. */
    private @Nullable String beside(Set<String> names, String file) {
        String prefix = layout.prefix();
        while (true) {
            if (names.contains(prefix + file)) {
                return prefix + file;
            }
            if (prefix.isEmpty()) {
                return null;
            }
            prefix = prefix.substring(0, prefix.lastIndexOf('/', prefix.length() - 2) + 1);
        }
    }

    private static String counted(Collection<?> many, String what) {
        return many.size() == 1 ? "1 " + what + " is" : many.size() + " " + what + "s are";
    }

    /** Whether the pictures are rectified and what has one number was recorded together. */
    public boolean synchronised() {
        return !layout.extract();
    }

    /** All pictures, camera by camera, in order of their numbers. */
    public List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** What is missing or damaged, one line each for people. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** The cameras by name, those without pictures too. */
    public Map<String, DriveStream> cameras() {
        return Map.copyOf(cameras);
    }

    /** The laser scans. */
    public DriveStream scans() {
        return scans;
    }

    /** The measured positions. */
    public DriveStream positions() {
        return positions;
    }

    /** Cameras, scanner and positions. */
    List<DriveStream> sensors() {
        List<DriveStream> all = new ArrayList<>(cameras.values());
        all.add(scans);
        all.add(positions);
        return all;
    }

    /** Empty if the calibration is missing or damaged. */
    public Optional<Calibration> calibration() {
        return Optional.ofNullable(calibration);
    }

    /** The numbers of all cameras' pictures. */
    public NavigableSet<Long> numbers() {
        NavigableSet<Long> all = new TreeSet<>();
        cameras.values().forEach(c -> all.addAll(c.files().keySet()));
        return all;
    }

    /**
     * The scan of the moment of a picture: the one with its number, or of an unsynchronized drive the nearest in time.
     *
     * @return the scan's number, null if there is none
     */
    public @Nullable Long scanOf(Frame frame) {
        if (synchronised()) {
            return scans.files().containsKey(frame.number()) ? frame.number() : null;
        }
        Long time = frame.timeNs();
        return time == null ? null : DriveStream.nearest(scansByTime, time, SCAN_WITHIN_NS);
    }

    /** The position that was measured nearest in time to a picture, at most a second away; empty if there is none. */
    public Optional<Oxts> oxtsOf(Frame frame) {
        Long time = frame.timeNs();
        Long number = time == null || positions.times().isEmpty()
                ? synchronised() ? frame.number() : null
                : DriveStream.nearest(positionsByTime, time, OXTS_WITHIN_NS);
        return number == null ? Optional.empty() : Optional.ofNullable(oxts.get(number));
    }

    /**
     * The annotated objects.
     *
     * @throws InvalidDriveException if there are none, or they cannot be read
     */
    public List<Tracklet> tracklets() throws IOException, InvalidDriveException {
        String file = beside(files.names(), Tracklet.FILE);
        if (file == null) {
            throw new InvalidDriveException("there is no " + Tracklet.FILE
                    + " in the drive's folder or the one around it; use a drive of which KITTI has tracklets");
        }
        return Tracklet.parse(files.bytes(file, Tracklet.MOST_BYTES), file);
    }

    DriveFiles files() {
        return files;
    }
}
