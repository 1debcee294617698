package io.framequota.ingest.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.local.postgres.LocalDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations of databases that an earlier release has filled. */
class UpgradeIT {
    private static final String OWNER = "postgres";

    @TempDir
    Path folder;

    private int arrivals;

    @Test
    void secretsOfAddressesMoveToTheirTable() throws Exception {
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("signed", "https://bucket/v.mp4?X-Amz-Credential=hush&part=1&X-Amz-Signature=hush#t=3");
        sources.put("both", "http://me:hush@host/v.mp4?a=1&token=hush");
        sources.put("azure", "https://host/v.mp4?sv=1&sig=hush");
        sources.put("plain", "http://host/v.mp4?keyframe=1&part=2");
        try (LocalDatabase database = LocalDatabase.start(folder.resolve("database"), freePort())) {
            // Before secrets had a table, and when only passwords were in it.
            migrate(database, "6");
            try (Connection c = DriverManager.getConnection(database.jdbcUrl(), OWNER, OWNER)) {
                for (Map.Entry<String, String> source : sources.entrySet()) {
                    insert(c, source.getKey(), source.getValue(), "QUEUED");
                }
                insert(c, "failed", sources.get("signed"), "FAILED");
                insert(c, "done", sources.get("signed"), "SUCCEEDED");
                migrate(database, "8");
                insert(c, "later", sources.get("azure"), "CANCELLED");

                migrate(database, "latest");

                for (Map.Entry<String, String> source : sources.entrySet()) {
                    String shown = MessageSanitizer.maskSecrets(source.getValue());
                    assertThat(text(c, "source", source.getKey())).isEqualTo(shown);
                    assertThat(text(c, "input", source.getKey())).isEqualTo(shown);
                }
                assertThat(text(c, "error", "failed"))
                        .contains("X-Amz-Signature=***")
                        .endsWith(" answered 403");
                assertThat(one(c, "select string_agg(j::text, ' ') from jobs j"))
                        .doesNotContain("hush");
                assertThat(one(c, "select string_agg(job, ' ' order by job) from secret_addresses"))
                        .isEqualTo("azure both failed signed");
                for (String id : new String[] {"azure", "both", "signed"}) {
                    assertThat(one(c, "select address from secret_addresses where job = '" + id + "'"))
                            .isEqualTo(sources.get(id));
                }
            }
        }
    }

    private static void migrate(LocalDatabase database, String target) {
        Flyway.configure()
                .dataSource(database.jdbcUrl(), OWNER, OWNER)
                .locations("classpath:db/migration")
                .target(target)
                .load()
                .migrate();
    }

    private void insert(Connection c, String id, String source, String state) throws SQLException {
        boolean open = state.equals("QUEUED");
        try (PreparedStatement s = c.prepareStatement("""
                insert into jobs (id, arrival, source, input, model, card, every, chunk_frames, chunk_bytes, labels,
                    submitted_at, state, ended_at, error, decoded)
                values (?, ?, ?, ?, 'people', ''::bytea, 1, 32, 1000, '{}', now(), ?, case when ? then null else now() end,
                    ?, ?)""")) {
            s.setString(1, id);
            s.setInt(2, ++arrivals);
            s.setString(3, source);
            s.setString(4, source);
            s.setString(5, state);
            s.setBoolean(6, open);
            s.setString(7, state.equals("FAILED") ? source + " answered 403" : null);
            s.setBoolean(8, state.equals("SUCCEEDED"));
            s.executeUpdate();
        }
    }

    private static String text(Connection c, String column, String id) throws SQLException {
        return one(c, "select " + column + " from jobs where id = '" + id + "'");
    }

    private static String one(Connection c, String sql) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql);
                ResultSet r = s.executeQuery()) {
            assertThat(r.next()).isTrue();
            return String.valueOf(r.getString(1));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
