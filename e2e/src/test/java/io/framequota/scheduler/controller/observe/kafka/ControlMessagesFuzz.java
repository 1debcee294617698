package io.framequota.scheduler.controller.observe.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.Command;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.control.WorkerReport;
import io.framequota.e2e.fuzz.FuzzTarget;
import io.framequota.inference.worker.WorkerInput;
import io.framequota.inference.worker.WorkerState;
import io.framequota.inference.worker.WorkerTransitions;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Records of the control topics: each input is read as every message there is. What can be read reaches a dispatcher and a worker,
 * which must stand it.
 */
public final class ControlMessagesFuzz implements FuzzTarget {
    private static final Path GOLDEN = Path.of("..", "contract", "src", "test", "resources", "golden", "messages.txt");
    private static final Set<String> MESSAGES = Set.of(
            "JobFact",
            "WorkerReport",
            "Command",
            "ChunkResult",
            "PacketBatch",
            "LivePacket",
            "LiveResult",
            "LiveAnnotated");
    private static final long NOW_US = 1_800_000_000_000_000L;

    @Override
    public String name() {
        return "contract messages";
    }

    @Override
    public List<byte[]> corpus() throws IOException {
        return Files.readAllLines(GOLDEN).stream()
                .map(line -> line.split(" ", 3))
                .filter(parts -> MESSAGES.contains(parts[0]))
                .map(parts -> HexFormat.of().parseHex(parts[1]))
                .toList();
    }

    @Override
    public void parse(byte[] input) throws InvalidProtocolBufferException {
        int read = 0;
        Dispatcher dispatcher = new Dispatcher(
                12,
                Policies.installed().choose("auto", Map.of()),
                DispatcherSettings.capped(DispatcherSettings.UNCAPPED),
                new DecisionLog(10));
        try {
            JobFact fact = JobFact.parseFrom(input);
            read++;
            observe(dispatcher, EventMapper.job(fact));
        } catch (InvalidProtocolBufferException e) {
            // It is no such message.
        }
        try {
            WorkerReport report = WorkerReport.parseFrom(input);
            read++;
            observe(dispatcher, EventMapper.worker(report, NOW_US / 1000));
        } catch (InvalidProtocolBufferException e) {
            // It is no such message.
        }
        try {
            Command command = Command.parseFrom(input);
            read++;
            WorkerState state = WorkerTransitions.initial();
            Optional<WorkerInput> order = WorkerInput.of(command, "worker-0");
            if (order.isPresent()) {
                WorkerState next = WorkerTransitions.apply(state, order.get()).state();
                WorkerTransitions.apply(next, new WorkerInput.LeaveRequested());
            }
        } catch (InvalidProtocolBufferException e) {
            // It is no such message.
        }
        for (com.google.protobuf.Parser<?> other : List.of(
                ChunkResult.parser(),
                PacketBatch.parser(),
                LivePacket.parser(),
                LiveResult.parser(),
                LiveAnnotated.parser())) {
            try {
                other.parseFrom(input);
                read++;
            } catch (InvalidProtocolBufferException e) {
                // It is no such message.
            }
        }
        if (read == 0) {
            throw new InvalidProtocolBufferException("no message");
        }
    }

    private static void observe(Dispatcher dispatcher, Optional<DispatchEvent> event) {
        event.ifPresent(e -> {
            dispatcher.observe(e, NOW_US);
            dispatcher.decide(NOW_US);
            dispatcher.observe(new DispatchEvent.Tick(), NOW_US + 10_000_000);
            dispatcher.decide(NOW_US + 10_000_000);
            dispatcher.status();
        });
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof InvalidProtocolBufferException;
    }
}
