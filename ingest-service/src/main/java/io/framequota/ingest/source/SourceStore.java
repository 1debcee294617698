package io.framequota.ingest.source;

import io.framequota.ingest.decode.SourceException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Turns a job's source into a file on this machine. Known forms:
 *
 * <ul>
 *   <li>{@code upload:PATH}, a stored upload, relative to the storage folder
 *   <li>{@code sample:walkers}, drawn here once and kept
 *   <li>{@code http://...} and {@code https://...}, fetched once by {@link #fetch} and kept until {@link #discard}
 * </ul>
 */
public interface SourceStore {
    /**
     * Says whether a source has a known form, without touching it: quick enough for the answer to a submission.
     *
     * @throws SourceException when it has not; the message says which forms are known
     */
    void check(String source) throws SourceException;

    /** Whether a source of a known form has to be fetched before it can be resolved. */
    boolean remote(String source);

    /**
     * Fetches a remote source for a job; blocks, in bounded time. Does nothing when it is here already.
     *
     * @param address with its secrets, if it has any
     * @param job names what is fetched
     * @param stopped asked while it is fetched; once it says true, this ends with an {@link InterruptedException}
     * @throws SourceException when the source cannot be had
     * @throws InterruptedException when stopped or interrupted
     */
    void fetch(String address, String job, BooleanSupplier stopped) throws SourceException, InterruptedException;

    /**
     * The source as a local file; of a remote one, what {@link #fetch} has brought. Called again for the same job it gives the
     * same file. Blocks while a sample is drawn.
     *
     * @param source one of the forms above
     * @param job names what was fetched
     * @param stopped asked meanwhile; once it says true, this may end with an {@link InterruptedException}
     * @throws SourceException when the source cannot be had
     * @throws InterruptedException when stopped or interrupted
     */
    Path resolve(String source, String job, BooleanSupplier stopped) throws SourceException, InterruptedException;

    /** Names of the jobs for which {@link #fetch} has brought something, or was bringing it when the process died. */
    List<String> ids();

    /** Removes what {@link #fetch} brought for this job. Uploads and samples stay: others own them. */
    void discard(String job);
}
