package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.InferBatchStatistics;
import io.framequota.contract.kserve.InferStatistics;
import io.framequota.contract.kserve.ModelStatistics;
import io.framequota.contract.kserve.StatisticDuration;
import io.framequota.inferenceserver.execution.InferenceCounters;
import io.framequota.inferenceserver.repository.LoadedModel;

/** Builds the messages of the statistics extension. */
final class StatisticsMessages {
    private StatisticsMessages() {}

    static ModelStatistics of(LoadedModel model) {
        InferenceCounters.Snapshot counts = model.executor().statistics();
        ModelStatistics.Builder message = ModelStatistics.newBuilder()
                .setName(model.name())
                .setVersion(Long.toString(model.version()))
                .setLastInference(counts.lastInferenceMs())
                .setInferenceCount(counts.inferences())
                .setExecutionCount(counts.executions())
                .setInferenceStats(InferStatistics.newBuilder()
                        .setSuccess(total(counts.success()))
                        .setFail(total(counts.fail()))
                        .setQueue(total(counts.queue()))
                        .setComputeInput(total(counts.input()))
                        .setComputeInfer(total(counts.infer()))
                        .setComputeOutput(total(counts.output()))
                        .setCacheHit(StatisticDuration.getDefaultInstance())
                        .setCacheMiss(StatisticDuration.getDefaultInstance()));
        counts.batches()
                .forEach((size, batch) -> message.addBatchStats(InferBatchStatistics.newBuilder()
                        .setBatchSize(size)
                        .setComputeInput(total(batch.input()))
                        .setComputeInfer(total(batch.infer()))
                        .setComputeOutput(total(batch.output()))));
        return message.build();
    }

    private static StatisticDuration total(InferenceCounters.Total total) {
        return StatisticDuration.newBuilder()
                .setCount(total.count())
                .setNs(total.ns())
                .build();
    }
}
