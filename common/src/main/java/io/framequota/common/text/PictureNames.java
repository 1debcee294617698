package io.framequota.common.text;

import java.util.Locale;
import java.util.Set;

/** Which files of a folder or an archive are taken for pictures, by their names. */
public final class PictureNames {
    private static final Set<String> SUFFIXES = Set.of(
            "jpg", "jpeg", "jpe", "png", "bmp", "webp", "tif", "tiff", "pgm", "ppm", "pbm", "jp2", "j2k", "heic",
            "heif", "avif");

    /** What the Finder adds to archives. */
    private static final String SHADOWS = "__MACOSX";

    private PictureNames() {}

    /**
     * Whether a file is taken for a picture: it has the suffix of one, and neither it nor a folder above it is hidden.
     *
     * @param path relative to the folder or archive, with slashes
     */
    public static boolean isPicture(String path) {
        return SUFFIXES.contains(suffix(path)) && !isHidden(path);
    }

    /** Whether the file or a folder above it is hidden, or is made by the system for its own use. */
    public static boolean isHidden(String path) {
        for (String name : path.split("/")) {
            if (name.startsWith(".") || name.equals(SHADOWS) || name.equals("Thumbs.db")) {
                return true;
            }
        }
        return false;
    }

    /** The suffix of a name in lower case, without its dot; empty for none. */
    public static String suffix(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
