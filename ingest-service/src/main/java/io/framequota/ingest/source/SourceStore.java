package io.framequota.ingest.source;

import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Provides the source of a job as a local file. A source has one of these forms:
 *
 * <ul>
 *   <li>{@code upload:PATH}, a stored upload, relative to the storage folder
 *   <li>{@code sample:walkers}, the built-in sample clip, drawn on first use and kept
 *   <li>{@code http://...} and {@code https://...}, fetched once by {@link #fetch} and kept until {@link #discard}
 * </ul>
 */
public interface SourceStore {
    /**
     * Checks that a source has one of the forms. Does not access the source, so a submission can be answered at once.
     *
     * @throws SourceException when it has not; the message names the forms
     */
    void check(String source) throws SourceException;

    /** Whether a source must be fetched before it can be resolved. */
    boolean remote(String source);

    /**
     * Fetches a remote source for a job; blocks for a bounded time. Does nothing when the source is fetched already.
     *
     * @param address including its secrets
     * @param job id, under which the source is kept
     * @param stopped asked often; once true, this ends with an {@link InterruptedException}
     * @throws SourceException when the source cannot be fetched
     * @throws InterruptedException when stopped or interrupted
     */
    void fetch(String address, String job, BooleanSupplier stopped) throws SourceException, InterruptedException;

    /**
     * Returns the source as a local file; for a remote source the file that {@link #fetch} has fetched. Further calls for the job return
     * the same file. Blocks while a sample is drawn.
     *
     * @param source one of the forms above
     * @param job id, under which a fetched source is kept
     * @param stopped asked while this waits; once true, this may end with an {@link InterruptedException}
     * @throws SourceException when the source is not available
     * @throws InterruptedException when stopped or interrupted
     */
    Path resolve(String source, String job, BooleanSupplier stopped) throws SourceException, InterruptedException;

    /**
     * Makes the stored source of one job that of another one too, without copying it. Either job may discard it.
     *
     * @param source of the one job, as it names it
     * @param owner id of the one job
     * @param job id of the other job
     * @return the source as the other job names it
     * @throws java.nio.file.NoSuchFileException when the source is not stored here, or not yet
     * @throws IOException when the storage cannot share a file
     */
    String share(String source, String owner, String job) throws IOException;

    /** Ids of the jobs with a fetched source, complete or left incomplete by a process that died. */
    List<String> ids();

    /** Removes the fetched source of a job. Uploads and samples belong to others and stay. */
    void discard(String job);
}
