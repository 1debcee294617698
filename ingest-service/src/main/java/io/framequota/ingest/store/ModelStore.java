package io.framequota.ingest.store;

import io.framequota.contract.control.ModelCard;
import java.util.List;

/** The model cards that workers announced. Throws {@link StoreException}. */
public interface ModelStore {
    /** Stores a card. It replaces an earlier card of the same name. */
    void save(ModelCard card);

    /** All cards by name. */
    List<ModelCard> all();
}
