package io.framequota.ingest.live.rtmp;

import java.util.Locale;
import java.util.Optional;

/** Whose stream it is when a second publisher comes with a key that one publishes already. */
enum KeyPolicy {
    /** The new publisher's: an encoder that lost its connection comes back before the old connection is known to be dead. */
    LAST_WINS,
    /** The first one's: nobody who learns the key can take the stream over. */
    FIRST_WINS;

    /** The policy of the settings; empty when they name none. */
    static Optional<KeyPolicy> parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "last-wins" -> Optional.of(LAST_WINS);
            case "first-wins" -> Optional.of(FIRST_WINS);
            default -> Optional.empty();
        };
    }
}
