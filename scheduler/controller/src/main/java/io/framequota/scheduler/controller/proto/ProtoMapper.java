package io.framequota.scheduler.controller.proto;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.JobView;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.contract.control.Probed;
import io.framequota.scheduler.controller.decide.ComputeTimeDivision;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.controller.observe.ReportedComputeTime;
import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.StreamJob;
import io.framequota.scheduler.dispatch.StreamReport;
import io.framequota.scheduler.dispatch.StreamSpec;
import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** Maps the contract's messages to the values of dispatcher and controller, and back. */
public final class ProtoMapper {
    private static final double MICROS = 1e6;

    public static RecoveredState recovered(io.framequota.contract.control.Leadership leadership) {
        return new RecoveredState(
                leadership.getEpoch(),
                leadership.getJobsList().stream()
                        .filter(j -> !j.getLive())
                        .map(ProtoMapper::job)
                        .toList(),
                leadership.getJobsList().stream()
                        .filter(JobView::getLive)
                        .map(ProtoMapper::live)
                        .toList(),
                leadership.getLastArrival(),
                leadership.hasPolicy() ? selection(leadership.getPolicy()) : null,
                leadership.getLearntList().stream().map(ProtoMapper::profile).toList(),
                leadership.getOutcomesList().stream()
                        .map(o -> new ForecastOutcome(o.getPolicy(), o.getForecastS(), o.getResponseS()))
                        .toList());
    }

    private static RecoveredState.Selection selection(PolicyChoice choice) {
        return new RecoveredState.Selection(choice.getPolicy(), choice.getParametersMap(), choice.getActuator());
    }

    public static BacklogJob job(JobView view) {
        return new BacklogJob(
                new JobDescriptor(
                        view.getId(),
                        view.getArrival(),
                        view.getModel(),
                        view.getLabelsMap(),
                        view.getExpectedFrames(),
                        JobDescriptor.UNLIMITED,
                        view.getSubmittedAtMs() <= 0 ? JobDescriptor.WHEN_HEARD : 1000 * view.getSubmittedAtMs(),
                        view.getProbed().getEstimated(),
                        frames(view.getProbed())),
                view.getChunks(),
                view.getDecoded(),
                view.getOpenList().stream().map(ProtoMapper::chunk).toList(),
                Set.copyOf(view.getDroppedList()),
                view.getCommittedFrames(),
                view.getAttemptsBase(),
                view.getOpenList().stream()
                        .filter(chunk -> chunk.getDeaths() > 0)
                        .collect(Collectors.toMap(Chunk::getIndex, Chunk::getDeaths)));
    }

    /** A live job. */
    public static StreamJob live(JobView view) {
        return new StreamJob(
                view.getId(),
                view.getArrival(),
                view.getModel(),
                view.getAttemptsBase(),
                view.hasStream() ? stream(view.getStream()) : null);
    }

    /** The stream of a live job. */
    public static StreamSpec stream(LiveStream stream) {
        int every = Math.max(1, stream.getEvery());
        return new StreamSpec(
                stream.getFps(),
                every,
                new FrameFormat(
                        stream.getPictureWidth(),
                        stream.getPictureHeight(),
                        FrameFormat.PACKETS,
                        new FrameFormat.Decoded(stream.getCodec(), stream.getWidth(), stream.getHeight(), every)),
                stream.getPartition(),
                stream.getAnnotate(),
                stream.getSession(),
                stream.getFirstOffset());
    }

    /** Permission to infer a stream. */
    public static LiveGrant live(DispatchCommand.GrantStream grant) {
        StreamSpec stream = grant.stream();
        FrameFormat frames = stream.frames();
        return LiveGrant.newBuilder()
                .setJob(grant.job())
                .setModel(grant.model())
                .setMillicores(grant.millicores())
                .setStream(LiveStream.newBuilder()
                        .setFps(stream.fps())
                        .setEvery(stream.every())
                        .setWidth(frames.decoded().width())
                        .setHeight(frames.decoded().height())
                        .setCodec(frames.decoded().codec())
                        .setPictureWidth(frames.width())
                        .setPictureHeight(frames.height())
                        .setPartition(stream.partition())
                        .setAnnotate(stream.annotate())
                        .setSession(stream.session())
                        .setFirstOffset(stream.firstOffset()))
                .build();
    }

    /** What a worker reports about a stream. */
    public static StreamReport live(LiveRun run) {
        return new StreamReport(
                run.getJob(), run.getFrames(), run.getDropped(), run.getCoreSeconds(), run.getFailure());
    }

    /** Size and transport of a job's frames, and what is decoded for them. */
    public static FrameFormat frames(Probed probed) {
        return new FrameFormat(
                probed.getPictureWidth(),
                probed.getPictureHeight(),
                probed.getFrameTransport(),
                new FrameFormat.Decoded(
                        probed.getCodec(), probed.getWidth(), probed.getHeight(), Math.max(1, probed.getEvery())));
    }

    public static ModelProfile profile(io.framequota.contract.control.Learnt learnt) {
        return new ModelProfile(
                learnt.getModel(),
                learnt.getCoreSeconds(),
                learnt.getFrames(),
                learnt.getWidthsList().stream()
                        .map(w -> new ModelProfile.Width(w.getSeconds(), w.getGiven(), w.getUsed()))
                        .toList(),
                learnt.getCostsList().stream()
                        .map(c -> new ModelProfile.Cost(
                                new FrameFormat(
                                        c.getPictureWidth(),
                                        c.getPictureHeight(),
                                        c.getFrameTransport(),
                                        new FrameFormat.Decoded(
                                                c.getCodec(), c.getWidth(), c.getHeight(), Math.max(1, c.getEvery()))),
                                c.getCoreSeconds(),
                                c.getFrames(),
                                c.getSquares()))
                        .toList(),
                learnt.getCrowdsList().stream()
                        .filter(c -> c.getWorkers() > 0 && c.getFrames() > 0)
                        .map(c -> new ModelProfile.Contention(c.getWorkers(), c.getCoreSeconds(), c.getFrames()))
                        .toList());
    }

    public static io.framequota.contract.control.Learnt profile(ModelProfile learnt) {
        return io.framequota.contract.control.Learnt.newBuilder()
                .setModel(learnt.model())
                .setCoreSeconds(learnt.coreSeconds())
                .setFrames(learnt.frames())
                .addAllWidths(learnt.widths().stream()
                        .map(w -> io.framequota.contract.control.Learnt.Width.newBuilder()
                                .setSeconds(w.seconds())
                                .setGiven(w.given())
                                .setUsed(w.used())
                                .build())
                        .toList())
                .addAllCrowds(learnt.contention().stream()
                        .map(c -> io.framequota.contract.control.Learnt.Crowd.newBuilder()
                                .setWorkers(c.workers())
                                .setCoreSeconds(c.coreSeconds())
                                .setFrames(c.frames())
                                .build())
                        .toList())
                .addAllCosts(learnt.costs().stream()
                        .map(c -> io.framequota.contract.control.Learnt.Cost.newBuilder()
                                .setPictureWidth(c.format().width())
                                .setPictureHeight(c.format().height())
                                .setFrameTransport(c.format().transport())
                                .setCodec(c.format().decoded().codec())
                                .setWidth(c.format().decoded().width())
                                .setHeight(c.format().decoded().height())
                                .setEvery(c.format().decoded().every())
                                .setCoreSeconds(c.coreSeconds())
                                .setFrames(c.frames())
                                .setSquares(c.squares())
                                .build())
                        .toList())
                .build();
    }

    public static io.framequota.contract.control.Forecast forecast(JobForecast forecast, boolean first) {
        io.framequota.contract.control.Forecast.Builder message = io.framequota.contract.control.Forecast.newBuilder()
                .setJob(forecast.job())
                .setPosition(forecast.position())
                .setPolicy(forecast.policy())
                .setFirst(first)
                .setCounted(!forecast.simulated());
        return forecast.sized()
                ? message.setForecastS(forecast.forecastS())
                        .setP10S(forecast.p10S())
                        .setP90S(forecast.p90S())
                        .build()
                : message.build();
    }

    public static io.framequota.contract.control.JobNote note(JobNote note) {
        return io.framequota.contract.control.JobNote.newBuilder()
                .setJob(note.job())
                .setWaitingFor(note.waitingFor())
                .setWarning(note.warning())
                .build();
    }

    public static CpuUsage use(io.framequota.contract.control.CpuUse use) {
        return new CpuUsage(
                use.getPeriods(), use.getThrottledPeriods(), use.getThrottledUs() / MICROS, use.getCpuUs() / MICROS);
    }

    /** The millicores that a worker's kernel enforces, infinite for no limit; empty if the message does not say. */
    public static OptionalDouble quota(io.framequota.contract.control.CpuUse use) {
        if (use.getPeriodUs() <= 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                use.getQuotaUs() < 0 ? Double.POSITIVE_INFINITY : 1000.0 * use.getQuotaUs() / use.getPeriodUs());
    }

    public static ChunkSpec chunk(Chunk chunk) {
        return new ChunkSpec(
                chunk.getJob(),
                chunk.getIndex(),
                chunk.getFirstFrame(),
                chunk.getFrames(),
                chunk.getPartition(),
                chunk.getFirstOffset(),
                chunk.getLastOffset(),
                chunk.getBytes());
    }

    public static GrantRef grant(io.framequota.contract.control.GrantRef ref) {
        return new GrantRef(ref.getJob(), ref.getChunk(), ref.getAttempt());
    }

    public static io.framequota.contract.control.GrantRef grant(GrantRef ref) {
        return io.framequota.contract.control.GrantRef.newBuilder()
                .setJob(ref.job())
                .setChunk(ref.chunk())
                .setAttempt(ref.attempt())
                .build();
    }

    public static Grant grant(DispatchCommand.Grant grant) {
        ChunkSpec chunk = grant.chunk();
        return Grant.newBuilder()
                .setChunk(Chunk.newBuilder()
                        .setJob(chunk.job())
                        .setIndex(chunk.index())
                        .setFirstFrame(chunk.firstFrame())
                        .setFrames(chunk.frames())
                        .setPartition(chunk.partition())
                        .setFirstOffset(chunk.firstOffset())
                        .setLastOffset(chunk.lastOffset())
                        .setBytes(chunk.bytes()))
                .setAttempt(grant.attempt())
                .setMillicores(grant.millicores())
                .setModel(grant.model())
                .setDecidedAtUs(grant.decidedAtUs())
                .setCondemned(grant.condemned())
                .build();
    }

    public static io.framequota.contract.control.ComputeShares shares(ComputeTimeDivision division) {
        return io.framequota.contract.control.ComputeShares.newBuilder()
                .setEnforced(division.enforced())
                .setBorrow(division.borrows())
                .addAllShares(division.shares().stream()
                        .map(s -> io.framequota.contract.control.ComputeShare.newBuilder()
                                .setJob(s.job())
                                .setWorker(s.worker())
                                .setMillicores(s.millicores())
                                .build())
                        .toList())
                .build();
    }

    public static ReportedComputeTime.Use use(io.framequota.contract.control.ComputeUse use) {
        return new ReportedComputeTime.Use(
                use.getComputeUs() / MICROS,
                use.getBorrowedUs() / MICROS,
                use.getRequests(),
                use.getWaitUs() / MICROS,
                use.getApproximate());
    }

    private ProtoMapper() {}
}
