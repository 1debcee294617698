package io.framequota.ingest.store.postgres;

import io.framequota.ingest.access.ApiKey;
import io.framequota.ingest.access.ApiKeyStore;
import io.framequota.ingest.access.Role;
import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** {@link ApiKeyStore} on PostgreSQL. */
@Singleton
final class PostgresApiKeyStore implements ApiKeyStore {
    private final Transactions transactions;

    PostgresApiKeyStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public boolean insert(ApiKey key, int limit) {
        return transactions.run(c -> Sql.update(
                        c,
                        """
                        insert into api_keys (id, name, tenant, roles, hash, created_at)
                        select ?, ?, ?, ?, ?, ? where (select count(*) from api_keys) < ?""",
                        key.id(),
                        key.name(),
                        key.tenant(),
                        key.roles().stream().map(Role::label).sorted().toList(),
                        key.hash().bytes(),
                        key.createdAt(),
                        limit)
                == 1);
    }

    @Override
    public List<ApiKey> all() {
        return transactions.run(
                c -> Sql.list(c, "select * from api_keys order by created_at, id", PostgresApiKeyStore::key));
    }

    @Override
    public boolean delete(String id) {
        return transactions.run(c -> Sql.update(c, "delete from api_keys where id = ?", id) == 1);
    }

    private static ApiKey key(ResultSet r) throws SQLException {
        Array roles = r.getArray("roles");
        return new ApiKey(
                r.getString("id"),
                r.getString("name"),
                r.getString("tenant"),
                Arrays.stream((String[]) roles.getArray()).map(Role::named).collect(Collectors.toUnmodifiableSet()),
                new ApiKey.Hash(r.getBytes("hash")),
                r.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
