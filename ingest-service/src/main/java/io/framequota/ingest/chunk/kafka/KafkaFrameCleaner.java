package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import io.framequota.ingest.chunk.FrameCleaner;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.jboss.logging.Logger;

/** Deletes records below an offset; skips requests for offsets that are deleted already. */
@ApplicationScoped
class KafkaFrameCleaner implements FrameCleaner {
    private static final Logger LOG = Logger.getLogger(KafkaFrameCleaner.class);

    private final FramesTopicAdmin admin;
    private final Map<Integer, Long> deleted = new ConcurrentHashMap<>();

    @Inject
    KafkaFrameCleaner(FramesTopicAdmin admin) {
        this.admin = admin;
    }

    @Override
    public void deleteBelow(Map<Integer, Long> lowestNeeded) {
        Map<TopicPartition, RecordsToDelete> wanted = new HashMap<>();
        lowestNeeded.forEach((partition, offset) -> {
            if (offset > deleted.getOrDefault(partition, 0L)) {
                wanted.put(new TopicPartition(Topics.FRAMES, partition), RecordsToDelete.beforeOffset(offset));
            }
        });
        if (wanted.isEmpty()) {
            return;
        }
        admin.get()
                .deleteRecords(wanted)
                .lowWatermarks()
                .forEach((partition, future) -> future.whenComplete((done, failure) -> {
                    if (failure == null) {
                        deleted.merge(partition.partition(), done.lowWatermark(), Math::max);
                    } else if (!(failure instanceof OffsetOutOfRangeException)) {
                        LOG.debugf(
                                "frames of %s could not be deleted and stay for now: %s",
                                partition, failure.getMessage());
                    }
                }));
    }
}
