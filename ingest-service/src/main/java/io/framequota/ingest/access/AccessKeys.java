package io.framequota.ingest.access;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.RejectedRequestException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The API keys, and who holds one, or a token of the OIDC issuer. All keys are in memory, so that a request asks no database; a thread reads them again every few
 * seconds, for keys that another process has changed. Thread-safe; only {@link #create}, {@link #revoke} and {@link #start} block.
 */
@Singleton
public final class AccessKeys {
    /** What a request without a valid key is answered, one line for people. */
    public static final String UNAUTHENTICATED =
            "this server asks for a key: send the header Authorization: Bearer KEY; fq takes it from --key, FQ_KEY or FQ_KEY_FILE";

    private static final Logger LOG = Logger.getLogger(AccessKeys.class);
    private static final int LIMIT = 10_000;
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final String SCHEME = "bearer ";

    /** Ids of the keys that are settings. No key of the database has them: those are hexadecimal. */
    private static final String ADMIN = "admin";

    private static final String METRICS = "metrics";

    private final ApiKeyStore store;
    private final AccessSettings settings;
    private final SessionCookie cookies;
    private final Optional<OidcTokens> oidc;
    private final Clock clock;
    private volatile @Nullable Map<String, ApiKey> keys;
    private volatile boolean stopped;

    private final @Nullable String problem;

    @Inject
    AccessKeys(ApiKeyStore store, IngestConfig config, Clock clock) {
        this.store = store;
        AccessSettings given = AccessSettings.NOBODY;
        String wrong = null;
        try {
            given = AccessSettings.of(config);
        } catch (IllegalArgumentException e) {
            wrong = e.getMessage();
        }
        this.settings = given;
        this.problem = wrong;
        this.oidc = given.oidc().map(OidcTokens::new);
        this.cookies = new SessionCookie(settings.sessionSecret());
        this.clock = clock;
    }

    /** Whether requests must show a key. */
    public AuthMode mode() {
        return settings.mode();
    }

    /**
     * Reads the keys, and from now on again and again.
     *
     * @return why this service cannot be used so, one line for people; empty when it can
     */
    public Optional<String> start() {
        if (problem != null) {
            return Optional.of(problem);
        }
        if (settings.mode() == AuthMode.OFF) {
            return Optional.empty();
        }
        load();
        Threads.virtual("api-keys", this::refresh).start();
        oidc.ifPresent(OidcTokens::start);
        boolean governed = settings.adminKey().isPresent()
                || oidc.isPresent()
                || known().values().stream().anyMatch(key -> key.caller().admin());
        return governed
                ? Optional.empty()
                : Optional.of(AuthMode.VARIABLE + "=keys, and nobody has a key with the role admin: set"
                        + " FRAMEQUOTA_ADMIN_KEY or FRAMEQUOTA_ADMIN_KEY_FILE");
    }

    private void refresh() {
        try {
            while (!stopped) {
                Thread.sleep(REFRESH);
                try {
                    load();
                } catch (RuntimeException e) {
                    LOG.debugf("reading the API keys failed, the known ones go on: %s", MessageSanitizer.describe(e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void load() {
        keys = store.all().stream().collect(Collectors.toUnmodifiableMap(ApiKey::id, Function.identity()));
    }

    @PreDestroy
    void stop() {
        stopped = true;
        oidc.ifPresent(OidcTokens::stop);
    }

    /**
     * Who shows these credentials; empty when they are missing or wrong.
     *
     * @param authorization value of the header, null when there is none
     * @param cookie value of the session cookie, null when there is none. It is not looked at beside an authorization
     */
    public Optional<Caller> authenticate(@Nullable String authorization, @Nullable String cookie) {
        if (settings.mode() == AuthMode.OFF) {
            return Optional.of(Caller.ANYBODY);
        }
        if (authorization != null) {
            return bearer(authorization).flatMap(this::holder);
        }
        return cookie == null ? Optional.empty() : ofCookie(cookie);
    }

    private static Optional<String> bearer(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(header.substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private Optional<Caller> holder(String text) {
        ApiKey.Hash hash = ApiKey.Hash.of(text);
        if (settings.adminKey().filter(hash::equals).isPresent()) {
            return Optional.of(caller(ADMIN));
        }
        if (settings.metricsKey().filter(hash::equals).isPresent()) {
            return Optional.of(caller(METRICS));
        }
        Optional<String> id = ApiKey.idOf(text);
        return id.isPresent()
                ? id.map(known()::get).filter(key -> key.hash().equals(hash)).map(ApiKey::caller)
                : oidc.flatMap(tokens -> tokens.holder(text));
    }

    private static Caller caller(String setting) {
        return new Caller(
                setting, Caller.DEFAULT_TENANT, EnumSet.of(setting.equals(ADMIN) ? Role.ADMIN : Role.METRICS));
    }

    private Optional<Caller> ofCookie(String value) {
        return SessionCookie.read(value, clock.instant())
                .flatMap(shown -> keyHolder(shown.key())
                        .filter(holder -> cookies.signed(shown, holder.hash()))
                        .map(KeyHolder::caller));
    }

    /** Who holds a key, and the key's hash. */
    private record KeyHolder(Caller caller, ApiKey.Hash hash) {}

    private Optional<KeyHolder> keyHolder(String id) {
        return switch (id) {
            case ADMIN, METRICS ->
                (id.equals(ADMIN) ? settings.adminKey() : settings.metricsKey())
                        .map(hash -> new KeyHolder(caller(id), hash));
            default -> Optional.ofNullable(known().get(id)).map(key -> new KeyHolder(key.caller(), key.hash()));
        };
    }

    /** Value and life of a cookie that stands for a caller's key. */
    public record Session(String value, Duration life) {
        @Override
        public String toString() {
            return "Session";
        }
    }

    /** A cookie for the holder of a key; empty when his key was revoked meanwhile, or he has shown a token. */
    public Optional<Session> session(Caller caller) {
        return keyHolder(caller.key())
                .map(holder ->
                        new Session(cookies.make(caller.key(), holder.hash(), clock.instant()), SessionCookie.LIFE));
    }

    /**
     * Makes and stores a key.
     *
     * @throws RejectedRequestException when it cannot be made
     */
    public ApiKey.Created create(String name, String tenant, Set<Role> roles) {
        checkAsked();
        ApiKey.Created created = ApiKey.create(name, tenant, roles, clock.instant());
        if (!store.insert(created.key(), LIMIT)) {
            throw RejectedRequestException.conflict(
                    "there are " + LIMIT + " keys, which is the limit; revoke some: fq key revoke ID");
        }
        load();
        return created;
    }

    /** All keys of the database, oldest first. */
    public List<ApiKey> list() {
        checkAsked();
        return store.all();
    }

    /**
     * Deletes a key. From then on it opens nothing; requests that are being answered go on.
     *
     * @throws RejectedRequestException when there is none
     */
    public synchronized void revoke(String id) {
        checkAsked();
        forget(id);
        boolean found = store.delete(id);
        load();
        if (!found) {
            throw RejectedRequestException.notFound(
                    id.equals(ADMIN) || id.equals(METRICS)
                            ? "the key " + id + " is a setting of ingest-service; change FRAMEQUOTA_"
                                    + id.toUpperCase(Locale.ROOT) + "_KEY"
                            : "there is no key " + ApiKey.shown(id) + "; fq key list shows all");
        }
    }

    /** Here the key ends at once, also while the database is away or slow. If it stays there, it is read again. */
    private void forget(String id) {
        Map<String, ApiKey> left = new HashMap<>(known());
        left.remove(id);
        keys = Map.copyOf(left);
    }

    /** Where nobody is asked for a key, anybody could make one for later. */
    private void checkAsked() {
        if (settings.mode() == AuthMode.OFF) {
            throw RejectedRequestException.conflict("this server asks nobody for a key; set " + AuthMode.VARIABLE
                    + "=keys and FRAMEQUOTA_ADMIN_KEY, and start it again");
        }
    }

    private Map<String, ApiKey> known() {
        Map<String, ApiKey> now = keys;
        if (now == null) {
            throw RejectedRequestException.unavailable("the server is starting; try again");
        }
        return now;
    }
}
