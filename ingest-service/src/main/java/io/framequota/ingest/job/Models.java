package io.framequota.ingest.job;

import io.framequota.contract.control.ModelCard;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The models that workers have announced, kept over restarts: a job can be submitted before any worker is up. */
@Singleton
public final class Models {
    private final ModelStore store;
    private final Map<String, ModelCard> known = new ConcurrentHashMap<>();

    Models(ModelStore store) {
        this.store = store;
        store.all().forEach(card -> known.put(card.getName(), card));
    }

    /** A worker announces a model; writes only what is news. */
    void announced(ModelCard card) {
        if (!card.equals(known.get(card.getName()))) {
            store.keep(card);
            known.put(card.getName(), card);
        }
    }

    /** The card of this name; refuses when there is none, naming those that are known. */
    ModelCard find(String name) {
        ModelCard card = known.get(name);
        if (card == null) {
            throw new Refusal(
                    Refusal.Kind.UNUSABLE,
                    "no model " + '"' + name + '"' + "; "
                            + (known.isEmpty()
                                    ? "no worker has announced any yet"
                                    : "known models are "
                                            + String.join(
                                                    ", ",
                                                    all().stream()
                                                            .map(ModelCard::getName)
                                                            .toList())));
        }
        return card;
    }

    /** Every card by name. */
    public List<ModelCard> all() {
        return known.values().stream()
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .toList();
    }
}
