package io.framequota.contract.frame;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a picture shows: a part of the world through a lens, or everything around, unrolled in one of several ways. */
public enum Projection {
    /** Not a 360° picture. */
    FLAT,
    /** Longitude and latitude are columns and rows. */
    EQUIRECT,
    /** The six faces of a cube in two rows: right, left, up; down, front, back. */
    CUBEMAP,
    /** The same faces in one row. */
    CUBEMAP6X1,
    /** YouTube's equi-angular cubemap: left, front, right; and turned, down, back, up. */
    EAC;

    /** All names that clients use, for messages. */
    public static final String NAMES =
            Arrays.stream(values()).map(Projection::label).collect(Collectors.joining(", "));

    /** The name that clients use. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Parses a client's name. */
    public static Optional<Projection> named(String label) {
        return Arrays.stream(values()).filter(p -> p.label().equals(label)).findFirst();
    }
}
