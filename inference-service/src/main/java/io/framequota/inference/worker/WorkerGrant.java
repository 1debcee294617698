package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;

/** A grant that this worker holds, and how far it is. */
public sealed interface WorkerGrant {
    Grant grant();

    default GrantKey key() {
        return GrantKey.of(grant());
    }

    /** Waits for its turn. */
    record Queued(Grant grant) implements WorkerGrant {
        Launched launch() {
            return new Launched(grant);
        }
    }

    /** In the pipeline, in whatever stage. */
    sealed interface Active extends WorkerGrant {}

    /** The pipeline has it, and no frame of it has been read. */
    record Launched(Grant grant) implements Active {
        Started started(long firstFrameAtUs) {
            return new Started(grant, firstFrameAtUs);
        }
    }

    /** Its first frame was read. */
    record Started(Grant grant, long firstFrameAtUs) implements Active {}
}
