package io.framequota.ingest.live;

import com.google.protobuf.ByteString;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.result.GapLine;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.store.LiveStore;
import io.framequota.ingest.store.files.MemberFiles;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Bounds the results of live jobs by age and bytes: in place of the oldest windows there is a line that counts their frames. */
@Singleton
final class LiveRetention {
    private static final Logger LOG = Logger.getLogger(LiveRetention.class);

    private final LiveStore store;
    private final MemberFiles files;
    private final Duration maxAge;
    private final long maxBytes;
    private final Clock clock;

    @Inject
    LiveRetention(LiveStore store, MemberFiles files, IngestConfig config, Clock clock) {
        this(store, files, config.liveRetention(), config.liveRetentionBytes().asLongValue(), clock);
    }

    LiveRetention(LiveStore store, MemberFiles files, Duration maxAge, long maxBytes, Clock clock) {
        this.store = store;
        this.files = files;
        this.maxAge = maxAge;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** Deletes what is no longer kept of all jobs. Blocks. */
    void expire() {
        for (String job : store.withExpired(clock.instant(), maxAge, maxBytes)) {
            store.expiry(job, clock.instant(), maxAge, maxBytes).ifPresent(this::expire);
        }
    }

    private void expire(LiveStore.Expiry expiry) {
        String file = MemberFiles.nameOfExpired(expiry.job(), expiry.lastIndex());
        try {
            StringBuilder line = new StringBuilder();
            new GapLine(expiry.fromMs(), expiry.toMs(), expiry.frames(), GapLine.EXPIRED).appendTo(line);
            ByteString member = MemberFiles.gzip(line);
            files.write(file, member);
            if (!store.expire(expiry, file, member.size())) {
                files.delete(file);
                return;
            }
            for (String gone : expiry.files()) {
                files.delete(gone);
            }
        } catch (IOException e) {
            LOG.warnf("job %s: its oldest results are deleted later: %s", expiry.job(), MessageSanitizer.describe(e));
        }
    }
}
