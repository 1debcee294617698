package io.framequota.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class BrokerListenersTest {
    @Test
    void onLoopbackAllAddressesAreTheSame() {
        Properties p = properties(BrokerListeners.onLoopback(1, 2));

        assertThat(p)
                .containsEntry("listeners", "CLIENTS://127.0.0.1:1,CONTROLLER://127.0.0.1:2")
                .containsEntry("advertised.listeners", "CLIENTS://127.0.0.1:1")
                .containsEntry("inter.broker.listener.name", "CLIENTS");
    }

    @Test
    void onAllAddressesClientsUseTheAdvertisedAddressAndTheBrokerItsOwn() {
        BrokerListeners listeners = BrokerListeners.onAllAddresses(9092, "kafka.example:9092", 9094, 9093);

        assertThat(properties(listeners))
                .containsEntry("listeners", "CLIENTS://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093,OWN://127.0.0.1:9094")
                .containsEntry("advertised.listeners", "CLIENTS://kafka.example:9092,OWN://127.0.0.1:9094")
                .containsEntry("inter.broker.listener.name", "OWN");
        assertThat(listeners.bootstrap()).isEqualTo("127.0.0.1:9094");
    }

    private static Properties properties(BrokerListeners listeners) {
        Properties p = new Properties();
        listeners.addTo(p);
        return p;
    }
}
