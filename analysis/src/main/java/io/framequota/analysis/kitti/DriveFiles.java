package io.framequota.analysis.kitti;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The files of a drive, in a folder or in an archive. Safe for use by many threads. */
public interface DriveFiles {
    /** Names with {@code /} between folders. */
    Set<String> names();

    /** Bytes of a file, 0 if there is no such file. */
    long size(String name);

    /**
     * The bytes of a file.
     *
     * @throws IOException if it cannot be read or has more than {@code most} bytes; the message is for people
     */
    byte[] bytes(String name, int most) throws IOException;

    /** The same as text. */
    default String text(String name, int most) throws IOException {
        return new String(bytes(name, most), StandardCharsets.UTF_8);
    }
}
