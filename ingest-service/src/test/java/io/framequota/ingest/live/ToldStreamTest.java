package io.framequota.ingest.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.LiveStream;
import io.framequota.ingest.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ToldStreamTest {
    private final List<String> ledger = new ArrayList<>();
    private ToldStream told = new ToldStream(false);
    private boolean away;

    private boolean report(int session) {
        return report(
                session == 0
                        ? Optional.empty()
                        : Optional.of(
                                LiveStream.newBuilder().setSession(session).build()));
    }

    private boolean report(Optional<LiveStream> current) {
        return told.report(current, new ToldStream.Ledger() {
            @Override
            public boolean open(LiveStream stream) {
                record("open " + stream.getSession());
                return stream.getSession() != 9;
            }

            @Override
            public void lose() {
                record("lost");
            }
        });
    }

    private void record(String what) {
        if (away) {
            throw new StoreException("away", new IllegalStateException());
        }
        ledger.add(what);
    }

    @Test
    void aStreamThatIsOpenedAndLostBetweenTwoReportsEndsAsLost() {
        told.lost(1);
        report(1);
        report(1);

        assertThat(ledger).containsExactly("open 1", "lost");
    }

    @Test
    void aLossBeforeTheNextSessionIsNoLossOfThatSession() {
        report(1);
        told.lost(1);
        report(2);
        report(2);

        assertThat(ledger).containsExactly("open 1", "open 2");
    }

    @Test
    void aLossIsTellableBeforeTheSessionsFirstPacketIsStored() {
        report(1);
        told.lost(2);
        report(0);
        report(2);

        assertThat(ledger).containsExactly("open 1", "lost", "open 2", "lost");
    }

    @Test
    void aLossThatComesWhileTheLedgerIsAwayIsToldLater() {
        report(1);
        told.lost(1);
        away = true;
        assertThatThrownBy(() -> report(1)).isInstanceOf(StoreException.class);
        away = false;
        report(1);
        report(1);

        assertThat(ledger).containsExactly("open 1", "lost");
    }

    @Test
    void whatAnEarlierProcessLeftOpenIsLostFirst() {
        told = new ToldStream(true);
        report(0);
        report(1001);
        report(0);

        assertThat(ledger).startsWith("lost");
        assertThat(told.known()).isTrue();
    }

    @Test
    void aJobThatHasEndedIsToldNothingMore() {
        assertThat(report(9)).isFalse();
        assertThat(told.known()).isFalse();
    }
}
