package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.CpuGroups;
import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.experiment.RunFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The worker processes of all runs: started and measured once, used again. For one thread. */
final class Team implements AutoCloseable {
    /** More processes than this would say more about memory than about scheduling. */
    static final int MOST = 32;

    private final @Nullable CpuGroups groups;
    private final List<Member> members = new ArrayList<>();
    private final BlockingQueue<BurnerProcess.Told> told = new LinkedBlockingQueue<>();

    Team(@Nullable CpuGroups groups) {
        this.groups = groups;
    }

    /** At least so many members, all idle. */
    List<Member> members(int count) {
        try {
            while (members.size() < count) {
                BurnerProcess burner = BurnerProcess.start(told);
                String name = "worker-" + members.size();
                try {
                    members.add(new Member(name, burner, group(name, burner)));
                } catch (RuntimeException e) {
                    burner.close();
                    throw e;
                }
            }
        } catch (IOException e) {
            throw new RunFailedException("a worker process cannot be started: " + e.getMessage());
        }
        return List.copyOf(members.subList(0, count));
    }

    private @Nullable CpuGroup group(String name, BurnerProcess burner) {
        if (groups == null) {
            return null;
        }
        CpuGroup group = groups.create(name);
        // Processes are measured before they come in: nothing limits them then.
        group.add(burner.pid());
        return group;
    }

    /** What the processes say, to be taken by one thread. */
    BlockingQueue<BurnerProcess.Told> told() {
        return told;
    }

    /** What was counted since every member's mark. */
    CpuUse used() {
        CpuUse sum = CpuUse.NONE;
        for (Member member : members) {
            sum = sum.plus(member.used());
        }
        return sum;
    }

    void mark() {
        members.forEach(Member::mark);
    }

    @Override
    public void close() {
        members.forEach(m -> m.burner.close());
        for (Member member : members) {
            if (member.group != null) {
                member.group.close();
            }
        }
        members.clear();
    }
}
