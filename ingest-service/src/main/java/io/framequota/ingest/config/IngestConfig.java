package io.framequota.ingest.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The settings of this service. Each is also an environment variable {@code FRAMEQUOTA_NAME}. */
@ConfigMapping(prefix = "framequota")
public interface IngestConfig {
    /** Folder of uploads, fetched sources and results. */
    @WithDefault("storage")
    Path storage();

    /** HTTP address of the scheduler. Used unless the leading scheduler names its own. */
    @WithDefault("http://127.0.0.1:8082")
    String schedulerUrl();

    /**
     * Token that a scheduler must show to lead. There is no default, and the service does not start without it: otherwise every
     * client could lead.
     */
    String controlToken();

    /**
     * Limit on the bytes of frames that are written and not committed, all jobs together; empty: two full chunks for each ready
     * worker, and 256 MiB at least.
     */
    Optional<MemorySize> decodeAheadBytes();

    /** Number of jobs decoded at a time. */
    @WithDefault("8")
    int decodeJobs();

    /** Limit on the native memory of all sources being decoded. A source waits until its share is free. */
    @WithDefault("1G")
    MemorySize decodeMemory();

    /** Limit on the streams of one source. Each tile of a tiled picture counts as one. */
    @WithDefault("256")
    int sourceMaxTracks();

    /** Limit on the samples in the indexes of one source, all tracks together. */
    @WithDefault("3000000")
    long sourceMaxSamples();

    /** Limit on the pixels of one picture. */
    @WithDefault("67108864")
    long sourceMaxPixels();

    /** Limit on the uncompressed bytes of texts and profiles inside one picture. */
    @WithDefault("16M")
    MemorySize sourceMaxMetadata();

    /** Limit on the texts, tags, chapters and attachments of one source. */
    @WithDefault("4096")
    int sourceMaxEntries();

    /** A chunk ends with this many frames at the latest. */
    @WithDefault("32")
    int chunkFrames();

    /** A chunk ends before its raw pixels have more bytes than this. */
    @WithDefault("16M")
    MemorySize chunkBytes();

    /** Most core-seconds that one grant should take. A source whose groups of pictures take more travels as pixels. */
    @WithDefault("4")
    double grantSeconds();

    /** JPEG quality of frames on their way to workers, 1 to 100; 0 for raw frames. A text, so that errors are plain. */
    @WithDefault("0")
    String framesJpegQuality();

    /** Live jobs that may be open at a time. Each has a thread. */
    @WithDefault("100")
    int liveJobs();

    /** How long a live job tries to reach the address of its stream for the first time. Later it tries until it is cancelled. */
    @WithDefault("60S")
    Duration liveConnect();

    /** How long a stream may send nothing before it counts as lost. */
    @WithDefault("10S")
    Duration liveSilence();

    /** File of the stream keys whose jobs are made when somebody publishes under them. Empty: none. */
    Optional<Path> liveKeys();

    /** Time that the lines of one member of a live result span. */
    @WithDefault("10S")
    Duration liveWindow();

    /** How long the lines of a live result are kept. */
    @WithDefault("24H")
    Duration liveRetention();

    /** Most bytes that are kept of one live result; the oldest lines go first. */
    @WithDefault("1G")
    MemorySize liveRetentionBytes();

    /** How long a source is kept after its job has ended. */
    @WithDefault("24H")
    Duration uploadRetention();

    /** How long a job and its result are kept after the job has ended. Empty for ever. */
    Optional<Duration> resultRetention();

    /**
     * Bytes that uploads and fetched sources leave free on the storage's disk. Empty: a tenth of what is free at the start, between
     * 1 and 4 GiB, and never more than half of it.
     */
    Optional<MemorySize> storageReserve();

    /** Limit on the bytes of a fetched source. */
    @WithDefault("10737418240")
    long fetchMaxBytes();

    /** Whether sources may be fetched from loopback and private addresses. */
    @WithDefault("false")
    boolean fetchInternal();

    /** Timeout for the headers of a fetched source, and the period over which its rate is measured. */
    @WithDefault("30S")
    Duration fetchWindow();

    /** Minimum rate of a fetched source, in bytes per second. */
    @WithDefault("8192")
    long fetchLeastRate();

    /** Timeout for fetching a whole source. */
    @WithDefault("6H")
    Duration fetchTimeout();

    /** Host names of this service, in addition to loopback names, IP addresses and the machine's own name. */
    Optional<List<String>> allowedHosts();

    /** Whether requests must show an API key: {@code off} or {@code keys}. */
    @WithDefault("off")
    String auth();

    /** A key with the role admin that is not in the database. With it others are made. */
    Optional<String> adminKey();

    /** File with that key. */
    Optional<Path> adminKeyFile();

    /** A key with the role metrics that is not in the database. */
    Optional<String> metricsKey();

    /** URL of an OpenID Connect issuer whose tokens are taken as well as keys. Empty: none. */
    Optional<String> oidcIssuer();

    /** The audience that its tokens must be for. */
    Optional<String> oidcAudience();

    /** Path of the claim with the tenant's name; a slash leads into an object. */
    @WithDefault("tenant")
    String oidcTenantClaim();

    /** Path of the claim with the list of roles; a slash leads into an object. */
    @WithDefault("roles")
    String oidcRolesClaim();

    /** Limit on the requests of one key in a second, over ten seconds. Empty: none. */
    OptionalDouble keyRequestsPerSecond();

    /** Limit on the open jobs of one tenant. Empty: none. */
    OptionalInt tenantOpenJobs();

    /** Limit on the bytes of one tenant's uploads that are kept. Empty: none. */
    Optional<MemorySize> tenantUploadBytes();

    /** Number of sources fetched at a time. Jobs whose sources are stored here are decoded meanwhile. */
    @WithDefault("32")
    int fetchJobs();

    /** Port on which streams are received over RTMP. Empty: none. */
    OptionalInt rtmpPort();

    /** Address of this machine at which streams are received. */
    @WithDefault("127.0.0.1")
    String rtmpHost();

    /** Whose stream it is when a second publisher comes with the same key: {@code last-wins} or {@code first-wins}. */
    @WithDefault("last-wins")
    String rtmpSecondPublisher();

    /** A publisher that sends nothing for so long is gone. */
    @WithDefault("10S")
    Duration rtmpIdle();

    /** Limit on the RTMP clients at a time. */
    @WithDefault("256")
    int rtmpConnections();

    /** Limit on the RTMP clients at a time from one address. */
    @WithDefault("64")
    int rtmpConnectionsPerAddress();

    /** Limit on the memory of requests that are being read, all clients together, in bytes. Empty: a quarter of the heap. */
    Optional<MemorySize> requestBytes();

    /** Whether a member is forced to the disk before its attempt wins. It then survives a power failure; costs a few ms a chunk. */
    @WithDefault("false")
    boolean fsyncMembers();
}
