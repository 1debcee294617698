package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.ComputeTimeShare;
import java.util.List;

/**
 * How the compute time of inference servers is divided from now on.
 *
 * @param enforced whether requests wait for their job's share
 * @param borrows whether a job may use time that no other job wants
 * @param shares the parts of all workers that run something
 */
public record ComputeTimeDivision(boolean enforced, boolean borrows, List<ComputeTimeShare> shares) {
    /** Nothing is divided: requests do not wait. */
    public static final ComputeTimeDivision NONE = new ComputeTimeDivision(false, false, List.of());

    public ComputeTimeDivision {
        shares = List.copyOf(shares);
    }
}
