package io.framequota.ingest.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings; each is the environment's {@code FRAMEQUOTA_NAME} too. */
@ConfigMapping(prefix = "framequota")
public interface IngestConfig {
    /** Folder of uploads, fetched sources and results. */
    @WithDefault("storage")
    Path storage();

    /** Where the scheduler answers HTTP, unless the one that leads said where. */
    @WithDefault("http://127.0.0.1:8081")
    String schedulerUrl();

    /**
     * What the scheduler has to show before it may lead. There is no default: without it the service does not start, for an open
     * door would let everybody lead.
     */
    String controlToken();

    /** Bound on the bytes of frames that are written and not committed, all jobs together. */
    @WithDefault("256M")
    MemorySize decodeAheadBytes();

    /** Jobs decoded at once. */
    @WithDefault("8")
    int decodeJobs();

    /** Bound on the native memory that sources being decoded take together; who needs more than is left waits. */
    @WithDefault("1G")
    MemorySize decodeMemory();

    /** Most streams of one source, each tile of a tiled picture counted. */
    @WithDefault("256")
    int sourceMaxTracks();

    /** Most samples that the indexes of one source's tracks may state together. */
    @WithDefault("3000000")
    long sourceMaxSamples();

    /** Most pixels of one picture. */
    @WithDefault("67108864")
    long sourceMaxPixels();

    /** Most bytes of texts and profiles inside one picture, unpacked. */
    @WithDefault("16M")
    MemorySize sourceMaxMetadata();

    /** Most texts, tags, chapters and attachments of one source. */
    @WithDefault("4096")
    int sourceMaxEntries();

    /** A chunk ends with this many frames at the latest. */
    @WithDefault("32")
    int chunkFrames();

    /** A chunk ends before it grows beyond this. */
    @WithDefault("16M")
    MemorySize chunkBytes();

    /** Quality of JPEG, 1 to 100, by which frames travel to workers; 0 for raw frames. Text, to be refused in words. */
    @WithDefault("0")
    String framesJpegQuality();

    /** How long a source is kept after its job has ended. */
    @WithDefault("24H")
    Duration uploadRetention();

    /** How long a job and its result are kept after it has ended; empty: for ever. */
    Optional<Duration> resultRetention();

    /**
     * Bytes that uploads and fetched sources leave free on the storage's disk; empty: a tenth of what is free at the start, 1 to
     * 4 GiB, and never more than half of it.
     */
    Optional<MemorySize> storageReserve();

    /** Bound on a fetched source, in bytes. */
    @WithDefault("10737418240")
    long fetchMaxBytes();

    /** Whether a source may be at a loopback or private address. */
    @WithDefault("false")
    boolean fetchInternal();

    /** Time for the headers of a fetched source, and over which its rate is measured. */
    @WithDefault("30S")
    Duration fetchWindow();

    /** Bytes per second that a fetched source has to come with at least. */
    @WithDefault("8192")
    long fetchLeastRate();

    /** Time for a whole fetched source. */
    @WithDefault("6H")
    Duration fetchTimeout();

    /** Names by which this service is called, besides loopback names, IP addresses and the machine's own. */
    Optional<List<String>> allowedHosts();

    /** Sources fetched at once. Jobs whose sources are here are decoded meanwhile. */
    @WithDefault("32")
    int fetchJobs();

    /** Bytes of requests that are being read, all clients together; empty: a quarter of the heap. */
    Optional<MemorySize> requestBytes();

    /** Whether a member is forced to the disk before its attempt wins: survives a power cut, costs a few ms a chunk. */
    @WithDefault("false")
    boolean fsyncMembers();
}
