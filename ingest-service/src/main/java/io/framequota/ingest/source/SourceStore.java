package io.framequota.ingest.source;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Turns a job's source into a file on this machine. Known forms:
 *
 * <ul>
 *   <li>{@code upload:PATH}, a stored upload, relative to the storage folder
 *   <li>{@code sample:walkers}, drawn here once and kept
 *   <li>{@code http://...} and {@code https://...}, fetched once and kept until {@link #discard}
 * </ul>
 */
public interface SourceStore {
    /**
     * Says whether a source has a known form, without touching it: quick enough for the answer to a submission.
     *
     * @throws SourceException when it has not; the message says which forms are known
     */
    void check(String source) throws SourceException;

    /**
     * Makes the source a local file; blocks while it is fetched or drawn. Called again for the same job it gives the
     * same file and fetches nothing twice.
     *
     * @param source one of the forms above
     * @param job names what is fetched
     * @param stopped asked while it is fetched; once it says true, this ends with an {@link InterruptedException}
     * @throws SourceException when the source cannot be had
     * @throws InterruptedException when stopped or interrupted
     */
    Path resolve(String source, String job, BooleanSupplier stopped) throws SourceException, InterruptedException;

    /** Removes what {@link #resolve} fetched for this job. Uploads and samples stay: others own them. */
    void discard(String job);
}
