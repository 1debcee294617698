package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.store.ModelStore;
import jakarta.inject.Singleton;
import java.util.List;

/** {@link ModelStore} on PostgreSQL. */
@Singleton
final class PostgresModelStore implements ModelStore {
    private final Transactions transactions;

    PostgresModelStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public void save(ModelCard card) {
        transactions.run(c -> Sql.update(
                c,
                "insert into model_cards values (?, ?) on conflict (name) do update set card = excluded.card",
                card.getName(),
                card.toByteArray()));
    }

    @Override
    public List<ModelCard> all() {
        return transactions.run(c ->
                Sql.list(c, "select card from model_cards order by name", r -> JobRowMapper.modelCard(r.getBytes(1))));
    }
}
