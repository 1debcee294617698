package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.evaluate.Evaluation;
import io.framequota.analysis.evaluate.TrackEvaluation;
import io.framequota.analysis.evaluate.Truth;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.result.InvalidResultException;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq evaluate}. */
@Command(
        name = "evaluate",
        description = "Compare a result with a truth: precision, recall, F1 and average precision, by class.",
        footer = {
            "",
            "The truth is a COCO file whose image ids are frame numbers, or another result.",
            "Only frames that both have are compared.",
            "",
            "Examples:",
            "  fq evaluate out.jsonl.gz --truth labels.json",
            "  fq evaluate yolov8.jsonl.gz --truth yolox.jsonl.gz --iou 0.7 --json"
        })
public final class EvaluateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RESULT", description = "Result to judge, as fq results writes it; - for standard input.")
    private String result = "";

    @Option(
            names = "--truth",
            required = true,
            paramLabel = "TRUTH",
            description = "Truth: a COCO file or another result.")
    private String truth = "";

    @Option(
            names = "--iou",
            paramLabel = "IOU",
            description =
                    "Least overlap of a detection with an object, above 0, at most 1 (default: ${DEFAULT-VALUE}).")
    private double iou = 0.5;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    public EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!(iou > 0 && iou <= 1)) {
            throw Failure.use("--iou " + iou + ": give a number above 0, at most 1");
        }
        Map<FrameKey, List<DetectedObject>> found;
        try (ResultInput input = ResultInput.open(terminal, result)) {
            found = input.objects();
        }
        Truth there = readTruth();
        Evaluation evaluation = Evaluation.of(found, there, iou);
        if (evaluation.frames() == 0) {
            throw Failure.use(result + " and " + truth + " have no frame in common: the result has " + found.size()
                    + " frames, the truth " + there.frames().size()
                    + "; frame numbers count from 0, in COCO they are the image ids");
        }
        Optional<TrackEvaluation> tracks = TrackEvaluation.of(found, there, iou);
        if (json) {
            terminal.print(json(evaluation, tracks).toString());
        } else {
            print(evaluation, tracks);
        }
        return Failure.DONE;
    }

    private Truth readTruth() throws IOException {
        try (ResultInput input = ResultInput.open(terminal, truth);
                InputStream in = input.bytes()) {
            return Truth.read(in, truth);
        } catch (InvalidResultException e) {
            throw Failure.use(String.valueOf(e.getMessage()));
        }
    }

    private void print(Evaluation evaluation, Optional<TrackEvaluation> tracks) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CLASS", "OBJECTS", "DETECTIONS", "PRECISION", "RECALL", "F1", "AP50", "AP"));
        evaluation.classes().forEach((label, score) -> rows.add(row(label, score)));
        rows.add(row("all", evaluation.all()));
        terminal.print(Formatting.table(rows));
        terminal.print("");
        terminal.print(evaluation.frames() + " frames compared, matches from an IoU of " + evaluation.iou() + " on");
        if (evaluation.missing() > 0) {
            terminal.print(evaluation.missing() + " annotated frames have no line in the result and are left out");
        }
        if (evaluation.unannotated() > 0) {
            terminal.print(evaluation.unannotated() + " frames of the result are not annotated and are left out");
        }
        tracks.ifPresent(t -> terminal.print(String.format(
                Locale.ROOT,
                "tracks: MOTA %s, %d identity switches, %d misses, %d false positives",
                number(t.mota()),
                t.switches(),
                t.misses(),
                t.falsePositives())));
    }

    private static List<String> row(String label, Evaluation.Score score) {
        return List.of(
                label,
                Integer.toString(score.truths()),
                Integer.toString(score.detections()),
                number(score.precision()),
                number(score.recall()),
                number(score.f1()),
                number(score.ap50()),
                number(score.ap()));
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static ObjectNode json(Evaluation evaluation, Optional<TrackEvaluation> tracks) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("iou", evaluation.iou())
                .put("frames", evaluation.frames())
                .put("missing_frames", evaluation.missing())
                .put("unannotated_frames", evaluation.unannotated());
        score(root, evaluation.all());
        ArrayNode classes = root.putArray("classes");
        evaluation.classes().forEach((label, score) -> score(classes.addObject().put("class", label), score));
        tracks.ifPresent(t -> root.putObject("tracks")
                .put("mota", t.mota())
                .put("id_switches", t.switches())
                .put("misses", t.misses())
                .put("false_positives", t.falsePositives())
                .put("objects", t.truths()));
        return root;
    }

    private static void score(ObjectNode node, Evaluation.Score score) {
        node.put("objects", score.truths())
                .put("detections", score.detections())
                .put("true_positives", score.right())
                .put("precision", score.precision())
                .put("recall", score.recall())
                .put("f1", score.f1())
                .put("ap50", score.ap50())
                .put("ap", score.ap());
    }
}
