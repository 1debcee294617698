package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher learnt since it began, when it decided, and what it commanded: enough to ask another one the same.
 * Bounded: when there is more than it keeps, it keeps nothing until the next leadership. Used by one thread; a {@link Record} that
 * it gives may be used by any.
 */
public final class DispatchRecorder {
    /** The most entries that are kept. */
    public static final int MOST_ENTRIES = 50_000;

    /**
     * Something learnt, or a decision.
     *
     * @param atUs when, on the dispatcher's clock
     * @param event what was learnt, null for a decision
     * @param commands what was decided, none for something learnt
     */
    record Entry(long atUs, @Nullable DispatchEvent event, List<DispatchCommand> commands) {}

    private record Begin(long epoch, ConfiguredPolicy policy, DispatcherSettings settings) {}

    private final List<Entry> entries = new ArrayList<>();
    private @Nullable Begin begin;

    /** A new dispatcher begins; what was kept of the one before is forgotten. */
    public void begin(long epoch, ConfiguredPolicy policy, DispatcherSettings settings) {
        entries.clear();
        begin = new Begin(epoch, policy, settings);
    }

    /** It learnt something. */
    public void learnt(DispatchEvent event, long atUs) {
        add(new Entry(atUs, event, List.of()));
    }

    /** It was asked to decide, and decided. */
    public void decided(List<DispatchCommand> commands, long atUs) {
        add(new Entry(atUs, null, commands));
    }

    private void add(Entry entry) {
        if (begin == null) {
            return;
        }
        if (entries.size() == MOST_ENTRIES) {
            begin = null;
            entries.clear();
            return;
        }
        entries.add(entry);
    }

    /** Entries kept now. */
    public int size() {
        return entries.size();
    }

    /** Everything since the dispatcher began, null when that was too much to keep. */
    public @Nullable Record record() {
        Begin begun = begin;
        return begun == null ? null : new Record(begun.epoch, begun.policy, begun.settings, List.copyOf(entries));
    }

    /** A whole record of one dispatcher. Immutable. */
    public static final class Record {
        private final long epoch;
        private final ConfiguredPolicy policy;
        private final DispatcherSettings settings;
        private final List<Entry> entries;

        private Record(long epoch, ConfiguredPolicy policy, DispatcherSettings settings, List<Entry> entries) {
            this.epoch = epoch;
            this.policy = policy;
            this.settings = settings;
            this.entries = entries;
        }

        /** Tells a new dispatcher the same at the same times and compares what it commands. */
        public Replayed replay() {
            Dispatcher again = new Dispatcher(epoch, policy, settings, new DecisionLog(1));
            int decisions = 0;
            int grants = 0;
            for (Entry entry : entries) {
                DispatchEvent event = entry.event();
                if (event != null) {
                    again.observe(event, entry.atUs());
                    continue;
                }
                List<DispatchCommand> commands = again.decide(entry.atUs());
                if (!commands.equals(entry.commands())) {
                    return new Replayed(
                            entries.size(),
                            decisions,
                            grants,
                            "decision " + decisions + " was " + entry.commands() + " and is " + commands
                                    + " in the replay");
                }
                decisions++;
                grants += (int) commands.stream()
                        .filter(c -> c instanceof DispatchCommand.Grant)
                        .count();
            }
            return new Replayed(entries.size(), decisions, grants, null);
        }
    }

    /**
     * A replay beside what happened.
     *
     * @param entries replayed
     * @param decisions that came out the same
     * @param grants among them
     * @param difference the first decision that came out otherwise, null when there is none
     */
    public record Replayed(
            int entries,
            int decisions,
            int grants,
            @Nullable String difference) {}
}
