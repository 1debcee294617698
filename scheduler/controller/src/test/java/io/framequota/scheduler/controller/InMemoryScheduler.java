package io.framequota.scheduler.controller;

import io.framequota.scheduler.controller.decide.CommandSender;
import io.framequota.scheduler.controller.decide.ComputeTimeDivision;
import io.framequota.scheduler.controller.enforce.LimitBackend;
import io.framequota.scheduler.controller.leadership.Authority;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The real scheduler without Kafka and gRPC: it records what it sends to the workers. */
public final class InMemoryScheduler implements AutoCloseable, CommandSender {
    /** Announcements and commands to the workers, each with its epoch. */
    public final List<String> sent = new CopyOnWriteArrayList<>();

    public final Scheduler scheduler;

    public InMemoryScheduler(String name, Authority authority, LeaderElector elector, LimitBackend... backends) {
        scheduler = new Scheduler(
                authority,
                this,
                () -> true,
                new SimpleMeterRegistry(),
                List.of(backends),
                List.of(elector),
                Optional.of("0123456789abcdef"),
                Optional.of(2000.0),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("test"),
                Optional.empty(),
                Optional.of(name));
        scheduler.start(new StartupEvent());
    }

    @Override
    public void announce(long epoch) {
        sent.add("announce " + epoch);
    }

    @Override
    public void send(long epoch, DispatchCommand command) {
        sent.add(
                command instanceof DispatchCommand.Grant grant
                        ? "grant " + grant.chunk().job() + "/" + grant.chunk().index() + " at " + epoch
                        : command.getClass().getSimpleName() + " at " + epoch);
    }

    @Override
    public void divide(long epoch, ComputeTimeDivision division) {
        sent.add("divide at " + epoch);
    }

    @Override
    public void close() {
        scheduler.stop(new ShutdownEvent());
    }
}
