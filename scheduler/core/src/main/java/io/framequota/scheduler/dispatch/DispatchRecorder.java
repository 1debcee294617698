package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records the events, decisions and commands of a dispatcher, so that another dispatcher can replay them. If there are
 * more than {@value #MOST_ENTRIES} entries, it drops them and records nothing until the next leadership. For one
 * thread; a {@link Record} may be used by any thread.
 */
public final class DispatchRecorder {
    /** The most entries that are kept. */
    public static final int MOST_ENTRIES = 50_000;

    /**
     * An event or a decision.
     *
     * @param atUs time on the dispatcher's clock
     * @param event the event, null for a decision
     * @param commands the commands of a decision, empty for an event
     */
    record Entry(long atUs, @Nullable DispatchEvent event, List<DispatchCommand> commands) {}

    private record Begin(long epoch, ConfiguredPolicy policy, DispatcherSettings settings) {}

    private final List<Entry> entries = new ArrayList<>();
    private @Nullable Begin begin;

    /** Starts recording a new dispatcher and drops the entries of the previous one. */
    public void begin(long epoch, ConfiguredPolicy policy, DispatcherSettings settings) {
        entries.clear();
        begin = new Begin(epoch, policy, settings);
    }

    /** Records an event. */
    public void observed(DispatchEvent event, long atUs) {
        add(new Entry(atUs, event, List.of()));
    }

    /** Records a decision. */
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

    /** Number of recorded entries. */
    public int size() {
        return entries.size();
    }

    /** All entries since the dispatcher began, null if they were dropped. */
    public @Nullable Record record() {
        Begin begun = begin;
        return begun == null ? null : new Record(begun.epoch, begun.policy, begun.settings, List.copyOf(entries));
    }

    /** A complete record of one dispatcher. Immutable. */
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

        /** Gives a new dispatcher the same events at the same times and compares its commands. */
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
     * The result of a replay.
     *
     * @param entries number of recorded entries
     * @param decisions number of equal decisions
     * @param grants number of grants in them
     * @param difference the first different decision, null if all are equal
     */
    public record Replayed(
            int entries,
            int decisions,
            int grants,
            @Nullable String difference) {}
}
