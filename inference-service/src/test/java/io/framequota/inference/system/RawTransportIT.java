package io.framequota.inference.system;

import static io.framequota.inference.system.Neighbours.grant;
import static io.framequota.inference.system.Neighbours.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.Command;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.WorkerReport.Kind;
import io.framequota.local.kafka.LocalBroker;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A worker whose server shares no memory with it. */
@QuarkusTest
@TestProfile(RawTransportIT.Raw.class)
@QuarkusTestResource(value = Surroundings.class, restrictToAnnotatedClass = true)
class RawTransportIT {
    LocalBroker broker;
    StandInServer server;

    /** Switches shared memory off. */
    public static final class Raw implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("framequota.shared.memory", "false");
        }
    }

    @Test
    void picturesTravelInRequestsAndResultsNameTheTransport() {
        try (Neighbours neighbours = new Neighbours(broker.bootstrap())) {
            neighbours.await(
                    "ready worker", r -> r.getReady() && r.getTransport().equals("raw"));
            neighbours.command(Command.newBuilder().setEpoch(1).setLead(true));
            Grant grant = grant(neighbours.write(UUID.randomUUID().toString(), 0, 0, 5, 6, 7), 1);

            neighbours.command(1, grant);
            neighbours.await(Kind.FINISHED, grant);
            neighbours.await("result", () -> neighbours.result(grant).isPresent());

            ChunkResult result = neighbours.result(grant).orElseThrow();
            assertThat(result.getTransport()).isEqualTo("raw");
            assertThat(lines(result).get(2)).contains("\"box\":[0.0,0.0,80.0,10.0]");
            assertThat(server.sharedRequests).hasValue(0);
            assertThat(server.rawRequests).hasValue(3);
            assertThat(server.regions()).isEmpty();
        }
    }
}
