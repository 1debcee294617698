package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;

/** A grant that this worker holds, with its progress. */
public sealed interface WorkerGrant {
    Grant grant();

    default GrantKey key() {
        return GrantKey.of(grant());
    }

    /** It waits for its turn. */
    record Queued(Grant grant) implements WorkerGrant {
        Launched launch() {
            return new Launched(grant);
        }
    }

    /** It is in the pipeline. */
    sealed interface Active extends WorkerGrant {}

    /** The pipeline has it and has read no frame of it. */
    record Launched(Grant grant) implements Active {
        Started started(long firstFrameAtUs) {
            return new Started(grant, firstFrameAtUs);
        }
    }

    /** Its first frame was read. */
    record Started(Grant grant, long firstFrameAtUs) implements Active {}
}
