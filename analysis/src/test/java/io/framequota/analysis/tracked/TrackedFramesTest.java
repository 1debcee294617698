package io.framequota.analysis.tracked;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.format.ResultFrames;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.track.Tracks;
import io.framequota.analysis.zone.Zone;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrackedFramesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** People who come and go, are lost at times, and false detections that last one frame. */
    private static List<ObjectNode> scene(long seed, int frames, String... streams) {
        Random random = new Random(seed);
        List<ObjectNode> lines = new ArrayList<>();
        long index = 0;
        for (String stream : streams) {
            for (int f = 0; f < frames; f++) {
                ObjectNode line = JSON.createObjectNode().put("frame", index++).put("pts_ms", 40.0 * f);
                if (!stream.isEmpty()) {
                    line.put("stream", stream);
                }
                ArrayNode detections = line.putArray("detections");
                for (int person = 0; person < 5; person++) {
                    boolean there = f > 7 * person && f < frames - 5 * person && random.nextDouble() > 0.2;
                    if (there) {
                        detection(detections, 20 + 3 * f, 10 + 110 * person);
                    }
                }
                if (random.nextDouble() < 0.3) {
                    detection(detections, 600 + random.nextInt(400), random.nextInt(600));
                }
                lines.add(line);
            }
        }
        return lines;
    }

    private static void detection(ArrayNode to, int x, int y) {
        to.addObject()
                .put("class", "person")
                .put("class_id", 0)
                .put("score", 0.9)
                .putArray("box")
                .add(x)
                .add(y)
                .add(x + 40)
                .add(y + 100);
    }

    private static List<JsonNode> tracked(List<ObjectNode> lines, TrackerSettings settings)
            throws IOException, InterruptedException {
        List<JsonNode> out = new ArrayList<>();
        ResultFrames frames = (sink, pause) -> {
            for (ObjectNode line : lines) {
                sink.frame(ResultFrame.of(line.deepCopy()));
            }
        };
        new TrackedFrames(frames, settings, Zone.parse(List.of("line=100,0 100,700")))
                .each(frame -> out.add(frame.json()), () -> {});
        return out;
    }

    @Test
    void oneReadingGivesTheNumbersOfTwo() throws Exception {
        for (String[] streams : List.of(new String[] {""}, new String[] {"image_00", "image_01"})) {
            List<ObjectNode> lines = scene(1, 80, streams);
            for (TrackerSettings settings : List.of(TrackerSettings.DEFAULT, new TrackerSettings(0.5, 0.1, 5, 6))) {
                Tracks whole = new Tracks(settings);
                List<ResultFrame> frames = lines.stream()
                        .map(line -> ResultFrame.of(line.deepCopy()))
                        .toList();
                frames.forEach(frame -> whole.add(frame.key(), frame.objects()));
                whole.finish();
                TrackFields fields = new TrackFields(whole, List.of());

                List<JsonNode> twice = frames.stream()
                        .map(frame -> (JsonNode) fields.write(frame))
                        .toList();

                assertThat(tracked(lines, settings)).isEqualTo(twice);
                assertThat(whole.count()).isGreaterThanOrEqualTo(5);
            }
        }
    }

    /** What a client reads while the job runs has the numbers that it has in the end; only new objects have none yet. */
    @Test
    void theFirstChunksHaveTheirNumbersBeforeTheOthersAreThere() throws Exception {
        List<ObjectNode> lines = scene(2, 60, "image_00", "image_01");
        List<JsonNode> whole = tracked(lines, TrackerSettings.DEFAULT);

        for (int known = 1; known < lines.size(); known++) {
            List<JsonNode> part = tracked(lines.subList(0, known), TrackerSettings.DEFAULT);

            assertThat(part).hasSize(known);
            assertThat(part.subList(0, known - 1)).isEqualTo(whole.subList(0, known - 1));
            JsonNode last = part.getLast().path("detections");
            for (int i = 0; i < last.size(); i++) {
                if (last.path(i).has("track")) {
                    assertThat(last.path(i))
                            .isEqualTo(whole.get(known - 1).path("detections").path(i));
                }
            }
        }
    }

    @Test
    void linesThatAreAboutNoFrameKeepTheirPlace() throws Exception {
        List<ObjectNode> lines = scene(4, 40, "");
        List<String> out = new ArrayList<>();
        ResultFrames frames = (sink, pause) -> {
            for (ObjectNode line : lines) {
                sink.frame(ResultFrame.of(line));
                sink.other(JSON.createObjectNode().put("gap", line.path("frame").asInt()));
            }
        };

        new TrackedFrames(frames, TrackerSettings.DEFAULT, List.of())
                .each(
                        new ResultFrames.Sink() {
                            @Override
                            public void frame(ResultFrame frame) {
                                out.add("frame " + frame.key().frame());
                            }

                            @Override
                            public void other(ObjectNode line) {
                                out.add("gap " + line.path("gap").asInt());
                            }
                        },
                        () -> {});

        for (int i = 0; i < 40; i++) {
            assertThat(out.subList(2 * i, 2 * i + 2)).containsExactly("frame " + i, "gap " + i);
        }
    }

    @Test
    void aFrameIsPassedOnAsSoonAsTheNextOneIsKnown() throws Exception {
        List<ObjectNode> lines = scene(3, 50, "");
        List<Integer> passedOn = new ArrayList<>();
        List<ResultFrame> out = new ArrayList<>();
        ResultFrames frames = (sink, pause) -> {
            for (ObjectNode line : lines) {
                sink.frame(ResultFrame.of(line));
                passedOn.add(out.size());
            }
        };

        new TrackedFrames(frames, TrackerSettings.DEFAULT, List.of()).each(out::add, () -> {});

        for (int i = 0; i < passedOn.size(); i++) {
            assertThat(passedOn.get(i)).isGreaterThanOrEqualTo(i);
        }
        assertThat(out).hasSize(50);
    }
}
