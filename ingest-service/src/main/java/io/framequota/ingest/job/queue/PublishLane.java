package io.framequota.ingest.job.queue;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * The jobs whose frames travel in one way, packets or pixels, each in a slot. Jobs are taken in the order that the current policy
 * wants, then by arrival. When a job that comes earlier in the policy's order waits for a slot, the last of the jobs in the slots
 * gives up its slot, and later continues after its last known chunk.
 */
final class PublishLane extends JobQueue<Job> {
    private static final Logger LOG = Logger.getLogger(PublishLane.class);

    /** A job keeps its slot at least this long, and until it has come to its first missing chunk, or it would never get there. */
    private static final Duration MIN_SLOT_TIME = Duration.ofSeconds(2);

    private static final int NONE = Integer.MAX_VALUE;

    private final boolean packets;
    private final JobStore jobs;
    private final JobLedger ledger;
    private final PublishWork work;
    private final Runnable afterWork;
    private final Set<String> arrived = ConcurrentHashMap.newKeySet();
    private volatile List<String> order = List.of();

    /**
     * @param name of the lane's threads
     * @param packets whether this lane's frames travel as packets
     * @param slots number of jobs at a time
     * @param afterWork called after each work, as the job may have to go on in another lane
     */
    PublishLane(
            String name,
            boolean packets,
            int slots,
            JobStore jobs,
            JobLedger ledger,
            PublishWork work,
            Runnable afterWork) {
        super(name, slots, Threads::platform, true);
        this.packets = packets;
        this.jobs = jobs;
        this.ledger = ledger;
        this.work = work;
        this.afterWork = afterWork;
    }

    /** Sets the order of the jobs that come first, those of other lanes included. The others follow by arrival. */
    void setOrder(List<String> jobs) {
        order = jobs;
        wake();
    }

    @Override
    Optional<Job> next(Set<String> running) {
        ledger.reconcile();
        Optional<Job> next = jobs.nextToDecode(packets, order, running);
        while (next.isPresent() && !ledger.startDecoding(next.get().id())) {
            next = jobs.nextToDecode(packets, order, running);
        }
        return next;
    }

    @Override
    String id(Job job) {
        return job.id();
    }

    @Override
    void work(Job job, BooleanSupplier stopped) {
        try {
            work.on(job, stopped, () -> arrived.add(job.id()));
        } finally {
            arrived.remove(job.id());
        }
        afterWork.run();
    }

    /** Stops the last job of the order when an earlier one waits for a slot. */
    @Override
    void onFull() {
        ledger.reconcile();
        List<String> wanted = order;
        int waiting = firstThatWaits(wanted);
        boolean slotComesFree = running().values().stream().anyMatch(Task::isStopped);
        if (waiting == NONE || slotComesFree) {
            return;
        }
        running().entrySet().stream()
                .filter(e -> arrived.contains(e.getKey())
                        && rank(wanted, e.getKey()) > waiting
                        && e.getValue().age().compareTo(MIN_SLOT_TIME) >= 0)
                .map(Map.Entry::getKey)
                .max(Comparator.comparingInt(job -> rank(wanted, job)))
                .ifPresent(job -> {
                    LOG.debugf("job %s: writing its frames pauses because other jobs come first", job);
                    stop(job);
                });
    }

    /** Place in the order of the first job of it that waits for a slot of this lane. */
    private int firstThatWaits(List<String> wanted) {
        if (wanted.isEmpty()) {
            return NONE;
        }
        try {
            return jobs.nextToDecode(packets, wanted, running().keySet())
                    .map(job -> rank(wanted, job.id()))
                    .orElse(NONE);
        } catch (StoreException e) {
            LOG.debugf("the jobs that wait for a slot are read again later: %s", e.getMessage());
            return NONE;
        }
    }

    /** Place of a job in the order, behind all others when it is not in it. */
    private static int rank(List<String> wanted, String job) {
        int rank = wanted.indexOf(job);
        return rank < 0 ? NONE : rank;
    }
}
