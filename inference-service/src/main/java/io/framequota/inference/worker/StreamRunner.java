package io.framequota.inference.worker;

import io.framequota.contract.control.LiveRun;
import java.util.List;

/** Infers streams, beside chunks. The worker's loop calls it; no call blocks. */
public interface StreamRunner {
    /** Sets the streams to infer from now on: ends those that are missing and begins new ones. */
    void assign(StreamAssignments streams);

    /** What is done for each stream, for heartbeats. */
    List<LiveRun> runs();
}
