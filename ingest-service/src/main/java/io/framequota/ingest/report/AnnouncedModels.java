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
 * The models that workers have announced, kept over restarts: a job can be submitted before any worker is up. Beside them what
 * living workers say of models that their inference servers have and nobody can use, which is not kept.
 */
@Singleton
public final class AnnouncedModels {
    /** What one worker said last. */
    private record Said(Set<String> usable, Map<String, String> unusable) {}

    /** A model that jobs cannot name, and why, in one line. */
    public record Unusable(String name, String reason) {}

    private final ModelStore store;
    private final Map<String, ModelCard> known = new ConcurrentHashMap<>();
    private final Map<String, Said> said = new ConcurrentHashMap<>();

    AnnouncedModels(ModelStore store) {
        this.store = store;
        store.all().forEach(card -> known.put(card.getName(), card));
    }

    /** A worker says what it has, in place of what it said before; writes only what is news. */
    void announced(String worker, Collection<ModelCard> cards, Collection<UnusableModel> unusable) {
        said.put(
                worker,
                new Said(
                        cards.stream().map(ModelCard::getName).collect(Collectors.toSet()),
                        unusable.stream()
                                .collect(Collectors.toMap(
                                        UnusableModel::getName, UnusableModel::getReason, (first, _) -> first))));
        for (ModelCard card : cards) {
            if (!card.equals(known.get(card.getName()))) {
                store.keep(card);
                known.put(card.getName(), card);
            }
        }
    }

    /** These workers are alive, and no others: what others said counts no more. */
    void alive(Set<String> workers) {
        said.keySet().retainAll(workers);
    }

    /** The card of this name; refuses when no job can use it, with the reason, or when there is none, with what there is. */
    public ModelCard find(String name) {
        Optional<String> reason = reason(name);
        if (reason.isPresent()) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE,
                    "model " + '"' + name + '"' + " cannot be used: " + reason.orElseThrow());
        }
        ModelCard card = known.get(name);
        if (card == null) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE,
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

    /** Why no living worker can use a model that some have; empty when one can, or none has it. */
    private Optional<String> reason(String name) {
        List<String> reasons = new ArrayList<>();
        for (Said worker : said.values()) {
            if (worker.usable().contains(name)) {
                return Optional.empty();
            }
            String reason = worker.unusable().get(name);
            if (reason != null) {
                reasons.add(reason);
            }
        }
        return reasons.stream().min(Comparator.naturalOrder());
    }

    /** Every card of a model that may be used, by name. */
    public List<ModelCard> all() {
        return known.values().stream()
                .filter(card -> reason(card.getName()).isEmpty())
                .sorted(Comparator.comparing(ModelCard::getName))
                .toList();
    }

    /** Every model that living workers have and cannot use, by name. */
    public List<Unusable> unusable() {
        Map<String, Unusable> all = new TreeMap<>();
        said.values().stream()
                .flatMap(worker -> worker.unusable().keySet().stream())
                .forEach(name -> reason(name).ifPresent(reason -> all.put(name, new Unusable(name, reason))));
        return List.copyOf(all.values());
    }
}
