package io.framequota.analysis.kitti;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a drive lies among the names of a folder or an archive.
 *
 * @param prefix of all of the drive's files but the calibration: empty, or it ends with a slash
 * @param extract whether the pictures are neither synchronized nor rectified
 */
public record DriveLayout(String prefix, boolean extract) {
    /** The cameras' folders; 0 and 1 are grey, 2 and 3 in colour. */
    public static final List<String> CAMERAS = List.of("image_00", "image_01", "image_02", "image_03");

    // Names come from outside: each pattern takes time in proportion to a name's length.
    private static final Pattern IN_CAMERA = Pattern.compile("((?:.*/)?)image_0[0-3]/data/([^/]++)");
    private static final Pattern PICTURE = Pattern.compile("(?i)[^\\d]*+\\d.*\\.(?:png|jpe?g)");
    private static final Pattern BESIDE =
            Pattern.compile("((?:.*/)?)(?:image_0[0-3]/timestamps\\.txt|oxts/.*|velodyne_points/.*)");
    private static final Pattern NAMED = Pattern.compile("(?:.*/)?[^/]*_drive_\\d+_(sync|extract)/");

    /**
     * Recognizes a drive by its folders: pictures in {@code image_00} to {@code image_03}, and times, positions or scans beside them,
     * or a folder with the name of a drive around them.
     *
     * @return empty if it is none
     * @throws InvalidDriveException if there are several drives
     */
    public static Optional<DriveLayout> of(Collection<String> names) throws InvalidDriveException {
        TreeSet<String> prefixes = new TreeSet<>();
        Set<String> besides = new HashSet<>();
        for (String name : names) {
            Matcher picture = IN_CAMERA.matcher(name);
            if (picture.matches() && PICTURE.matcher(picture.group(2)).matches()) {
                prefixes.add(picture.group(1));
            }
            Matcher beside = BESIDE.matcher(name);
            if (beside.matches()) {
                besides.add(beside.group(1));
            }
        }
        prefixes.removeIf(p -> !NAMED.matcher(p).matches() && !besides.contains(p));
        if (prefixes.size() > 1) {
            throw new InvalidDriveException("there are " + prefixes.size() + " drives, such as "
                    + shown(prefixes.first()) + " and " + shown(prefixes.last()) + "; give one of them");
        }
        return prefixes.stream().findFirst().map(p -> {
            Matcher named = NAMED.matcher(p);
            return new DriveLayout(p, named.matches() && "extract".equals(named.group(1)));
        });
    }

    private static String shown(String prefix) {
        return prefix.isEmpty() ? "the folder itself" : prefix.substring(0, prefix.length() - 1);
    }
}
