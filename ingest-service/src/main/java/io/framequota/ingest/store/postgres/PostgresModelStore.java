package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.store.ModelStore;
import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
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
        transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement(
                    "insert into model_cards values (?, ?) on conflict (name) do update set card = excluded.card")) {
                s.setString(1, card.getName());
                s.setBytes(2, card.toByteArray());
                return s.executeUpdate();
            }
        });
    }

    @Override
    public List<ModelCard> all() {
        return transactions.run(c -> {
            List<ModelCard> cards = new ArrayList<>();
            try (PreparedStatement s = c.prepareStatement("select card from model_cards order by name");
                    ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    cards.add(JobRowMapper.modelCard(r.getBytes(1)));
                }
            }
            return cards;
        });
    }
}
