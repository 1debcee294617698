package io.framequota.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VisibleJobsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void onlyOwnJobsAreLeftInAnAllocation() throws Exception {
        String own = "{\"job\":\"mine\",\"millicores\":100.0,\"position\":2}";
        String answer =
                "{\"epoch\":3,\"budget\":2000.0,\"reserved\":5,\"allocated\":900.0,\"explanation\":\"2 requests\",\"jobs\":["
                        + own
                        + ",{\"job\":\"theirs\",\"millicores\":800.0}],\"streams\":[{\"job\":\"other\",\"millicores\":5}],"
                        + "\"workers\":[{\"worker\":\"w0\",\"reserved\":5,\"running\":{\"job\":\"theirs\",\"chunk\":1},"
                        + "\"waiting\":{\"job\":\"mine\",\"chunk\":2}}]}";

        assertThat(VisibleJobs.without(JSON.readTree(answer), Set.of("mine")))
                .isEqualTo(
                        JSON.readTree(
                                "{\"epoch\":3,\"budget\":2000.0,\"jobs\":[" + own + "],\"streams\":[],"
                                        + "\"workers\":[{\"worker\":\"w0\",\"running\":null,\"waiting\":{\"job\":\"mine\",\"chunk\":2}}]}"));
    }

    @Test
    void theTimesOfAllJobsTogetherAreNotShownButOnesOwnAre() throws Exception {
        String own = "{\"sequence\":1,\"job\":\"mine\",\"first_frame_ms\":7.5}";
        String answer = "{\"first_frame\":{\"idle\":{\"count\":9},\"prefetched\":{\"count\":4}},\"decisions\":[" + own
                + ",{\"sequence\":2,\"job\":\"theirs\",\"first_frame_ms\":3.5}]}";

        assertThat(VisibleJobs.without(JSON.readTree(answer), Set.of("mine")))
                .isEqualTo(JSON.readTree("{\"decisions\":[" + own + "]}"));
    }

    @Test
    void nothingIsLeftOfAnAnswerAboutAnotherJob() throws Exception {
        assertThat(VisibleJobs.without(JSON.readTree("{\"job\":\"theirs\"}"), Set.of("mine")))
                .isNull();
        assertThat(VisibleJobs.without(JSON.readTree("[{\"job\":17}]"), Set.of("mine")))
                .isEmpty();
    }
}
