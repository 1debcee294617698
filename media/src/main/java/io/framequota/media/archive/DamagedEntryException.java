package io.framequota.media.archive;

import java.io.IOException;

/** A file in an archive cannot be read as the archive describes it; other files may be whole. The message is one line for people. */
public final class DamagedEntryException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedEntryException(String message) {
        super(message);
    }
}
