package io.framequota.ingest.report;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.UnusableModel;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.ModelStore;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The models that workers have announced. Usable models are stored in the database, so that a job can be submitted before any
 * worker is up. Models that an inference server has and cannot use are known from living workers only. Thread-safe.
 */
@Singleton
public final class AnnouncedModels {
    /** The last announcement of one worker. Maps each unusable model to the reason. */
    private record Announcement(Set<String> usable, Map<String, String> unusable) {}

    /** A model that jobs cannot use, and the reason in one line. */
    public record Unusable(String name, String reason) {}

    private final ModelStore store;
    private final Map<String, ModelCard> cards = new ConcurrentHashMap<>();
    private final Map<String, Announcement> announcements = new ConcurrentHashMap<>();

    AnnouncedModels(ModelStore store) {
        this.store = store;
        store.all().forEach(card -> cards.put(card.getName(), card));
    }

    /** Replaces a worker's announcement. Stores only cards that are new or changed. */
    void announce(String worker, Collection<ModelCard> usable, Collection<UnusableModel> unusable) {
        announcements.put(
                worker,
                new Announcement(
                        usable.stream().map(ModelCard::getName).collect(Collectors.toSet()),
                        unusable.stream()
                                .collect(Collectors.toMap(
                                        UnusableModel::getName, UnusableModel::getReason, (first, _) -> first))));
        for (ModelCard card : usable) {
            if (!card.equals(cards.get(card.getName()))) {
                store.save(card);
                cards.put(card.getName(), card);
            }
        }
    }

    /** Forgets the announcements of all workers but these. */
    void retainWorkers(Set<String> living) {
        announcements.keySet().retainAll(living);
    }

    /**
     * The card of a model.
     *
     * @throws RejectedRequestException when no worker can use the model, or no worker has announced it
     */
    public ModelCard get(String name) {
        unusableReason(name).ifPresent(reason -> {
            throw RejectedRequestException.unprocessable("model \"" + name + "\" cannot be used: " + reason);
        });
        ModelCard card = cards.get(name);
        if (card == null) {
            throw RejectedRequestException.unprocessable("no model \"" + name + "\"; "
                    + (cards.isEmpty()
                            ? "no worker has announced any yet"
                            : "known models are "
                                    + usable().stream().map(ModelCard::getName).collect(Collectors.joining(", "))));
        }
        return card;
    }

    /** The reason why no living worker can use a model. Empty when one can, or none has the model. */
    private Optional<String> unusableReason(String name) {
        List<String> reasons = new ArrayList<>();
        for (Announcement announcement : announcements.values()) {
            if (announcement.usable().contains(name)) {
                return Optional.empty();
            }
            String reason = announcement.unusable().get(name);
            if (reason != null) {
                reasons.add(reason);
            }
        }
        return reasons.stream().min(Comparator.naturalOrder());
    }

    /** The cards of all models that jobs can use, by name. */
    public List<ModelCard> usable() {
        return cards.values().stream()
                .filter(card -> unusableReason(card.getName()).isEmpty())
                .sorted(Comparator.comparing(ModelCard::getName))
                .toList();
    }

    /** The models that living workers have and cannot use, by name. */
    public List<Unusable> unusable() {
        Map<String, Unusable> all = new TreeMap<>();
        announcements.values().stream()
                .flatMap(announcement -> announcement.unusable().keySet().stream())
                .forEach(name -> unusableReason(name).ifPresent(reason -> all.put(name, new Unusable(name, reason))));
        return List.copyOf(all.values());
    }
}
