package io.framequota.inference.worker;

import io.framequota.contract.control.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The loops of all workers of this process, which share the connection over which commands arrive. */
public final class WorkerLoops {
    private final List<WorkerLoop> loops;

    public WorkerLoops(List<WorkerLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /** Takes a command of a scheduler to any worker. */
    public void command(Command command) {
        loops.forEach(loop -> loop.command(command));
    }

    /** Records that commands reach the workers from now on. */
    public void listening() {
        loops.forEach(WorkerLoop::listening);
    }

    public boolean isListening() {
        return loops.stream().allMatch(WorkerLoop::isListening);
    }

    /**
     * Lets all workers leave.
     *
     * @param patience how long started grants may take before they are cancelled
     * @return completes when the broker has all LEAVING reports
     */
    public CompletableFuture<Void> leave(Duration patience) {
        return CompletableFuture.allOf(
                loops.stream().map(loop -> loop.leave(patience)).toArray(CompletableFuture[]::new));
    }
}
