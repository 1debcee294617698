package io.framequota.inference.system;

import static io.framequota.inference.system.Neighbours.grant;
import static io.framequota.inference.system.Neighbours.lines;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.control.WorkerReport.Kind;
import io.framequota.local.kafka.LocalBroker;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two workers in one process, with one server. */
@QuarkusTest
@TestProfile(TwoWorkersIT.Own.class)
@QuarkusTestResource(
        value = Surroundings.class,
        initArgs = @ResourceArg(name = "workers", value = "worker-7,worker-8"),
        restrictToAnnotatedClass = true)
class TwoWorkersIT {
    LocalBroker broker;
    StandInServer server;

    /** A process of its own for this class. */
    public static final class Own implements QuarkusTestProfile {}

    @Test
    void eachWorkerRunsItsOwnGrantsAtTheSameTime() {
        try (Neighbours neighbours = new Neighbours(broker.bootstrap())) {
            WorkerReport seven = ready(neighbours, "worker-7");
            WorkerReport eight = ready(neighbours, "worker-8");
            assertThat(seven.getInstance()).isNotEqualTo(eight.getInstance());
            neighbours.command(Command.newBuilder().setEpoch(1).setLead(true));
            String job = UUID.randomUUID().toString();
            Grant first = grant(neighbours.write(job, 0, 0, 1, 2, 3), 1);
            Grant second = grant(neighbours.write(job, 1, 1, 4, 5), 1);
            server.hold();

            neighbours.command(1, first);
            neighbours.command(
                    Command.newBuilder().setEpoch(1).setWorker("worker-8").setGrant(second));
            assertThat(neighbours.await(Kind.STARTED, first).getWorker()).isEqualTo("worker-7");
            assertThat(neighbours.await(Kind.STARTED, second).getWorker()).isEqualTo("worker-8");
            server.open();

            neighbours.await(Kind.FINISHED, first);
            neighbours.await(Kind.FINISHED, second);
            neighbours.await(
                    "both results",
                    () -> neighbours.result(second).isPresent()
                            && neighbours.result(first).isPresent());
            assertThat(lines(neighbours.result(first).orElseThrow())).hasSize(3);
            assertThat(lines(neighbours.result(second).orElseThrow())).hasSize(2);
            assertThat(get("/q/health/ready").asString()).contains("worker-7", "worker-8");
        }
    }

    private static WorkerReport ready(Neighbours neighbours, String worker) {
        return neighbours.await(
                worker + " is ready",
                r -> r.getKind() == Kind.HEARTBEAT
                        && r.getReady()
                        && r.getWorker().equals(worker));
    }
}
