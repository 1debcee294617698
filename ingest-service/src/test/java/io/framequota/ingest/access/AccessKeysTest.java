package io.framequota.ingest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.StoreException;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessKeysTest {
    private static final String ADMIN = "an-administrators-key";

    private final List<ApiKey> stored = new ArrayList<>();
    private final List<AccessKeys> started = new ArrayList<>();
    private boolean away;
    private Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000_000), ZoneOffset.UTC);

    private final ApiKeyStore store = new ApiKeyStore() {
        @Override
        public boolean insert(ApiKey key, int limit) {
            return stored.add(key);
        }

        @Override
        public List<ApiKey> all() {
            return List.copyOf(stored);
        }

        @Override
        public boolean delete(String id) {
            if (away) {
                throw new StoreException("the database is away", new SQLException());
            }
            return stored.removeIf(key -> key.id().equals(id));
        }
    };

    @AfterEach
    void stop() {
        started.forEach(AccessKeys::stop);
    }

    private AccessKeys keys(Map<String, String> settings) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(IngestConfig.class)
                .withDefaultValue("framequota.control-token", "a-token-of-this-test");
        settings.forEach(builder::withDefaultValue);
        AccessKeys keys = new AccessKeys(store, builder.build().getConfigMapping(IngestConfig.class), clock);
        started.add(keys);
        return keys;
    }

    private AccessKeys asking() {
        AccessKeys keys = keys(Map.of("framequota.auth", "keys", "framequota.admin-key", ADMIN));
        assertThat(keys.start()).isEmpty();
        return keys;
    }

    @Test
    void nobodyIsAskedByDefault() {
        AccessKeys keys = keys(Map.of());

        assertThat(keys.start()).isEmpty();
        assertThat(keys.authenticate(null, null)).contains(Caller.ANYBODY);
        assertThatThrownBy(() -> keys.create("", "t", Set.of(Role.ADMIN)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("set FRAMEQUOTA_AUTH=keys");
    }

    @Test
    void onlyTheWholeKeyOpens() {
        AccessKeys keys = asking();
        ApiKey.Created created = keys.create("n", "north", Set.of(Role.READ));
        String text = created.text();

        assertThat(keys.authenticate("Bearer " + text, null))
                .contains(created.key().caller());
        assertThat(keys.authenticate("bearer  " + text, null)).isPresent();
        assertThat(keys.authenticate("Bearer " + ADMIN, null).map(Caller::admin))
                .contains(true);
        String other = text.substring(0, text.length() - 1) + (text.endsWith("0") ? "1" : "0");
        for (String wrong : List.of("Basic " + text, text, "Bearer " + other, "Bearer", "Bearer " + text + "0", "")) {
            assertThat(keys.authenticate(wrong, null)).as(wrong).isEmpty();
        }
        assertThat(keys.authenticate(null, null)).isEmpty();
        assertThat(created.toString()).doesNotContain(text);
        assertThat(new String(created.key().hash().bytes(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain(text);
    }

    @Test
    void aCookieEndsAfterItsTimeAndWithItsKey() {
        AccessKeys keys = asking();
        ApiKey.Created created = keys.create("", "north", Set.of(Role.READ));
        Caller caller = created.key().caller();
        String cookie = keys.session(caller).orElseThrow().value();
        String admins = keys.session(keys.authenticate("Bearer " + ADMIN, null).orElseThrow())
                .orElseThrow()
                .value();

        assertThat(keys.authenticate(null, cookie)).contains(caller);
        assertThat(keys.authenticate(null, admins).map(Caller::admin)).contains(true);
        assertThat(keys.authenticate("Bearer wrong", cookie)).isEmpty();
        String[] parts = cookie.split("\\.");
        String longer = parts[0] + "." + (Long.parseLong(parts[1]) + 1) + "." + parts[2];
        String anothers = "admin." + parts[1] + "." + parts[2];
        for (String forged : List.of(longer, anothers, cookie + "0", "", "a.b.c")) {
            assertThat(keys.authenticate(null, forged)).as(forged).isEmpty();
        }
        clock = Clock.offset(clock, Duration.ofHours(9));
        assertThat(asking().authenticate(null, cookie)).isEmpty();
        keys.revoke(created.key().id());
        assertThat(keys.authenticate(null, cookie)).isEmpty();
    }

    @Test
    void aRevokedKeyOpensNothingThoughTheDatabaseIsAway() {
        AccessKeys keys = asking();
        ApiKey.Created created = keys.create("", "north", Set.of(Role.READ));
        away = true;

        assertThatThrownBy(() -> keys.revoke(created.key().id())).isInstanceOf(StoreException.class);
        assertThat(keys.authenticate("Bearer " + created.text(), null)).isEmpty();
    }

    @Test
    void settingsThatCannotBeUsedAreExplainedAndLetNobodyIn(@TempDir Path folder) throws Exception {
        assertThat(keys(Map.of("framequota.auth", "on")).start().orElseThrow())
                .isEqualTo("FRAMEQUOTA_AUTH is \"on\"; it must be off or keys");
        AccessKeys nobody = keys(Map.of("framequota.auth", "keys"));
        assertThat(nobody.start().orElseThrow()).contains("set FRAMEQUOTA_ADMIN_KEY or FRAMEQUOTA_ADMIN_KEY_FILE");
        AccessKeys weak = keys(Map.of("framequota.auth", "keys", "framequota.admin-key", "secret"));
        assertThat(weak.start().orElseThrow())
                .startsWith("set FRAMEQUOTA_ADMIN_KEY to 16 to 512")
                .doesNotContain("secret");
        assertThat(weak.authenticate("Bearer secret", null)).isEmpty();
        assertThat(keys(Map.of("framequota.auth", "keys", "framequota.admin-key-file", folder + "/none"))
                        .start()
                        .orElseThrow())
                .startsWith("FRAMEQUOTA_ADMIN_KEY_FILE: the file cannot be read");
        Path file = Files.writeString(folder.resolve("key"), ADMIN + "\n");
        AccessKeys good = keys(Map.of("framequota.auth", "keys", "framequota.admin-key-file", file.toString()));
        assertThat(good.start()).isEmpty();
        assertThat(good.authenticate("Bearer " + ADMIN, null)).isPresent();
    }

    @Test
    void withAStoredAdministratorNoSettingIsNeeded() {
        asking().create("", "default", Set.of(Role.ADMIN));

        assertThat(keys(Map.of("framequota.auth", "keys")).start()).isEmpty();
    }
}
