package io.framequota.common.failure;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Ends a command with one line for people and an exit code. */
public final class Failure extends RuntimeException {
    /** Everything succeeded. */
    public static final int DONE = 0;

    /** The work failed. */
    public static final int WORK_FAILED = 1;

    /** Wrong usage or bad input. */
    public static final int WRONG_USE = 2;

    /** A required part is missing. */
    public static final int PART_MISSING = 3;

    /** The user interrupted the command. */
    public static final int INTERRUPTED = 130;

    private final int exitCode;

    private Failure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    public static Failure work(String message) {
        return new Failure(WORK_FAILED, message);
    }

    public static Failure use(String message) {
        return new Failure(WRONG_USE, message);
    }

    /** A required part is missing; the message says how to get it. */
    public static Failure missing(String message) {
        return new Failure(PART_MISSING, message);
    }

    /** Describes what ended some work in plain words; for errors of files and streams without class names. */
    public static String words(@Nullable Throwable e) {
        return switch (e) {
            case Failure failure -> failure.line();
            case UncheckedIOException io -> words(io.getCause());
            case AccessDeniedException denied -> "no permission for " + denied.getFile();
            case NoSuchFileException missing -> "there is no " + missing.getFile();
            case FileSystemLoopException loop -> loop.getFile() + ": too many symbolic links";
            case FileAlreadyExistsException there -> there.getFile() + " is in the way: it is not a folder";
            case FileSystemException file when file.getReason() != null -> file.getFile() + ": " + file.getReason();
            case EOFException end -> "the data ends in the middle";
            case IOException io -> io.getMessage() == null ? "input or output failed" : io.getMessage();
            case null, default -> "unexpected: " + e;
        };
    }

    public int exitCode() {
        return exitCode;
    }

    public String line() {
        return String.valueOf(getMessage());
    }
}
