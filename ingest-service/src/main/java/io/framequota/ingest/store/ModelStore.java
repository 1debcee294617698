package io.framequota.ingest.store;

import io.framequota.contract.control.ModelCard;
import java.util.List;

/** The model cards that workers announced. Throws {@link StoreException}. */
public interface ModelStore {
    /** Keeps a card in place of an earlier one of that name. */
    void keep(ModelCard card);

    /** All cards by name. */
    List<ModelCard> all();
}
