package io.framequota.common.compute;

import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The compute time of one device or several equal ones, divided among jobs. 1000 millicores are the whole time of one device.
 *
 * <p>Each job has a bucket that fills with its share of the passing time, up to what {@link ComputeTimeRules} let it keep. A batch
 * may start while the bucket is above 0. Its estimated time is taken at the start and corrected to its measured time at the end, so the
 * bucket may go below 0: by one batch, if estimates hold or the job's batches run one by one. The job pays this debt before its next batch.
 * In any time W a job thus uses at most share x W, a full bucket and one batch.
 *
 * <p>If several jobs may start, the one that has used least in relation to its share is first (start-time fair queueing), so devices that
 * are slower than the shares add up to are divided in the ratio of the shares. A job without a share has {@link #PARKED_MILLI}, so that
 * what it has begun ends.
 *
 * <p>A new bucket is empty: whoever loses all buckets, by a restart, gives no time twice.
 *
 * <p>Times are nanoseconds of one clock that never goes back, which may be virtual. For one thread.
 */
public final class ComputeTimeBuckets {
    /** The share of a job that has none. */
    public static final double PARKED_MILLI = 10;

    private static final int MOST_BUCKETS = 1024;

    private final Map<String, Bucket> buckets = new HashMap<>();
    private Map<String, Double> shares = Map.of();
    private ComputeTimeRules rules;
    /** Virtual time of the latest batch on owned time, and on borrowed time. */
    private double ownNow;

    private double borrowedNow;

    public ComputeTimeBuckets(ComputeTimeRules rules) {
        this.rules = rules;
    }

    /**
     * Replaces the shares of all jobs. What is in a bucket stays, up to what fits into it at the new share; debts stay.
     *
     * @param millicores by job
     */
    public void divide(ComputeTimeRules how, Map<String, Double> millicores, long nowNs) {
        buckets.values().forEach(b -> b.fill(nowNs));
        rules = how;
        shares = Map.copyOf(millicores);
        for (Map.Entry<String, Bucket> each : buckets.entrySet()) {
            each.getValue().share(shares.getOrDefault(each.getKey(), 0.0));
        }
        shares.keySet().forEach(job -> bucket(job, nowNs));
        forgetSettled(nowNs);
    }

    private void forgetSettled(long nowNs) {
        Iterator<Map.Entry<String, Bucket>> each = buckets.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<String, Bucket> next = each.next();
            Bucket bucket = next.getValue();
            bucket.fill(nowNs);
            boolean owes = bucket.level <= 0 && buckets.size() <= MOST_BUCKETS;
            if (!shares.containsKey(next.getKey()) && bucket.running == 0 && !owes) {
                each.remove();
            }
        }
    }

    /**
     * The job whose batch starts next.
     *
     * @param waiting jobs with a batch that could start
     * @param idle whether a device is idle, so that borrowing delays nobody
     * @return null if none may start now
     */
    public @Nullable String next(Collection<String> waiting, boolean idle, long nowNs) {
        String first = null;
        double earliest = Double.POSITIVE_INFINITY;
        for (String job : waiting) {
            Bucket bucket = bucket(job, nowNs);
            if (bucket.level > 0 && bucket.ownStart() < earliest) {
                first = job;
                earliest = bucket.ownStart();
            }
        }
        if (first != null || !rules.borrows() || !idle) {
            return first;
        }
        for (String job : waiting) {
            Bucket bucket = bucket(job, nowNs);
            if (bucket.borrowedStart() < earliest) {
                first = job;
                earliest = bucket.borrowedStart();
            }
        }
        return first;
    }

    /**
     * Starts a batch of a job that {@link #next} returned, or one that cannot wait.
     *
     * @param estimateNs time that a device will compute
     */
    public Charge start(String job, double estimateNs, long nowNs) {
        Bucket bucket = bucket(job, nowNs);
        Charge charge = new Charge(bucket, rules.borrows() && bucket.level <= 0);
        bucket.running++;
        if (charge.borrowed) {
            borrowedNow = Math.max(borrowedNow, bucket.borrowedStart());
            bucket.borrowedTag = bucket.borrowedStart();
        } else {
            if (shares.getOrDefault(job, 0.0) > 0) {
                ownNow = Math.max(ownNow, bucket.ownStart());
            }
            bucket.ownTag = bucket.ownStart();
        }
        charge.take(estimateNs);
        return charge;
    }

    /** Nanoseconds until a job's bucket is above 0; 0 if it is. */
    public long untilReadyNs(String job, long nowNs) {
        Bucket bucket = bucket(job, nowNs);
        return bucket.level > 0 ? 0 : (long) Math.ceil(-bucket.level / bucket.rate) + 1;
    }

    /** What is in a job's bucket, in nanoseconds of compute time; below 0 for a debt. */
    public double level(String job, long nowNs) {
        return bucket(job, nowNs).level;
    }

    private Bucket bucket(String job, long nowNs) {
        Bucket bucket = buckets.get(job);
        if (bucket == null) {
            if (buckets.size() >= MOST_BUCKETS) {
                forgetSettled(nowNs);
            }
            bucket = new Bucket(nowNs);
            bucket.share(shares.getOrDefault(job, 0.0));
            buckets.put(job, bucket);
        }
        bucket.fill(nowNs);
        return bucket;
    }

    /** A batch that was started. */
    public final class Charge {
        private final Bucket bucket;
        private final boolean borrowed;
        private double takenNs;
        private boolean settled;

        private Charge(Bucket bucket, boolean borrowed) {
            this.bucket = bucket;
            this.borrowed = borrowed;
        }

        /** Whether the batch runs on time that no job wanted; it is not taken from the job's bucket. */
        public boolean borrowed() {
            return borrowed;
        }

        /** Ends the batch with the time that a device computed, 0 if it did not run. Further calls do nothing. */
        public void settle(double measuredNs, long nowNs) {
            if (!settled) {
                settled = true;
                bucket.fill(nowNs);
                bucket.running--;
                take(measuredNs - takenNs);
            }
        }

        private void take(double ns) {
            takenNs += ns;
            if (borrowed) {
                bucket.borrowedTag += ns / bucket.rate;
            } else {
                bucket.level -= ns;
                bucket.ownTag += ns / bucket.rate;
            }
        }
    }

    private final class Bucket {
        /** Of the time that passes. */
        private double rate = PARKED_MILLI / 1000;

        private double level;
        private long filledAtNs;
        private int running;
        /** Virtual time at which the job's next batch starts. */
        private double ownTag;

        private double borrowedTag;

        private Bucket(long nowNs) {
            filledAtNs = nowNs;
            ownTag = ownNow;
            borrowedTag = borrowedNow;
        }

        void share(double millicores) {
            rate = Math.max(PARKED_MILLI, millicores) / 1000;
            level = Math.min(level, rate * rules.fullNs());
        }

        void fill(long nowNs) {
            if (nowNs > filledAtNs) {
                level = Math.min(rate * rules.fullNs(), level + rate * (nowNs - filledAtNs));
                filledAtNs = nowNs;
            }
        }

        /** A job that did not want its time catches up on no more of it than its bucket keeps. */
        double ownStart() {
            return Math.max(ownTag, ownNow - rules.fullNs());
        }

        double borrowedStart() {
            return Math.max(borrowedTag, borrowedNow - rules.fullNs());
        }
    }
}
