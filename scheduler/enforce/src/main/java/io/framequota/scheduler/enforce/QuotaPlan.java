package io.framequota.scheduler.enforce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Decides which quotas to write now and in which order. Its rules:
 *
 * <ul>
 *   <li>at most one write per group and period, because a write refills the quota and would leak one more of it;
 *   <li>a worker whose job has ended is idle: the next one is raised first and the ended one lowered after, so that no
 *       core waits for a write;
 *   <li>what runnable groups have in force never exceeds the budget: when a running worker is preempted it is lowered
 *       first, and the raise waits until that was possible. A parked one keeps its 10m beside the budget.
 * </ul>
 *
 * A system may take a write and keep the old quota for a while. Then {@link #stays} says so: the plan counts what is more
 * of the two, and asks again only for something else.
 *
 * <p>Knows no clock and writes nothing itself. For one thread.
 */
public final class QuotaPlan {
    private int budget;
    private final long periodNanos;
    private final Map<String, Group> groups = new LinkedHashMap<>();

    /**
     * Nothing in force yet.
     *
     * @param budget millicores that runnable groups may have together
     * @param periodNanos nanoseconds between two writes of the same group
     */
    public QuotaPlan(int budget, long periodNanos) {
        this.budget = budget;
        this.periodNanos = periodNanos;
    }

    /** A write that was decided. */
    public record Write(String group, int millicores) {}

    private static final class Group {
        /** What was written last. */
        int asked;
        /** What the system has in force. */
        int inForce;

        int wanted;
        boolean runnable;
        /** Whether nobody knows which of {@link #asked} and {@link #inForce} it is. */
        boolean unsure;

        // A new group has an idle worker and a full quota: its first write leaks nothing.
        OptionalLong written = OptionalLong.empty();

        Group(int inForce) {
            this.asked = inForce;
            this.inForce = inForce;
            this.wanted = inForce;
        }

        boolean changes() {
            return unsure || asked != wanted;
        }

        boolean lowers() {
            return changes() && wanted < (unsure ? most() : asked);
        }

        boolean raises() {
            return changes() && !lowers();
        }

        int most() {
            return Math.max(asked, inForce);
        }
    }

    /** A group that is there, idle, with this many millicores in force. */
    public void opened(String name, int millicores) {
        groups.put(name, new Group(millicores));
    }

    /** What runnable groups may have together from now on. */
    public void budget(int millicores) {
        budget = millicores;
    }

    /** Whether a group is known. */
    public boolean isOpen(String name) {
        return groups.containsKey(name);
    }

    /** Quotas of all groups together, idle ones too. */
    public int total() {
        return groups.values().stream().mapToInt(Group::most).sum();
    }

    /** The system has this much in force, whatever was written; the plan does not write the same again. */
    public void stays(String name, int millicores) {
        group(name).inForce = millicores;
    }

    /** The system refused the last write and has this much in force; nothing is written to the group before a time. */
    public void refused(String name, int inForce, long again) {
        Group group = group(name);
        group.inForce = inForce;
        group.asked = inForce;
        group.written = OptionalLong.of(again - periodNanos);
    }

    /**
     * Nobody knows whether the system took the last write. The larger of the two values counts, and from that time on what is
     * wanted is written again, even if it is the same.
     */
    public void unanswered(String name, int before, long again) {
        Group group = group(name);
        group.inForce = before;
        group.unsure = true;
        group.written = OptionalLong.of(again - periodNanos);
    }

    /** A group that is gone. */
    public void closed(String name) {
        groups.remove(name);
    }

    /** What a group should have, and whether its worker has something to run. */
    public void want(String name, int millicores, boolean runnable) {
        Group group = group(name);
        group.wanted = millicores;
        group.runnable = runnable;
    }

    /** What a group has. */
    public int inForce(String name) {
        return group(name).inForce;
    }

    /** The writes that are to be made now, in order. They count as made. */
    public List<Write> due(long now) {
        List<Write> writes = new ArrayList<>();
        groups.forEach((name, g) -> {
            if (g.runnable && g.lowers() && mayWrite(g, now)) {
                writes.add(write(name, g, now));
            }
        });
        groups.forEach((name, g) -> {
            if (g.raises() && mayWrite(g, now) && (!g.runnable || fits(g))) {
                writes.add(write(name, g, now));
            }
        });
        groups.forEach((name, g) -> {
            if (g.lowers() && mayWrite(g, now)) {
                writes.add(write(name, g, now));
            }
        });
        return writes;
    }

    /**
     * When {@link #due} will have more to say; empty when everything is as wanted. A raise that waits for another's
     * lowering has no time of its own.
     */
    public OptionalLong nextDue(long now) {
        return groups.values().stream()
                .filter(g -> g.changes() && !mayWrite(g, now))
                .mapToLong(g -> g.written.orElseThrow() + periodNanos)
                .min();
    }

    private boolean mayWrite(Group group, long now) {
        return group.written.isEmpty() || now - group.written.getAsLong() >= periodNanos;
    }

    private boolean fits(Group group) {
        int others = groups.values().stream()
                .filter(g -> g != group && g.runnable && g.most() > Quota.PARKED_MILLI)
                .mapToInt(Group::most)
                .sum();
        return others + group.wanted <= budget;
    }

    private static Write write(String name, Group group, long now) {
        group.asked = group.wanted;
        group.inForce = group.wanted;
        group.unsure = false;
        group.written = OptionalLong.of(now);
        return new Write(name, group.wanted);
    }

    private Group group(String name) {
        Group group = groups.get(name);
        if (group == null) {
            throw new IllegalArgumentException("no group " + name);
        }
        return group;
    }
}
