package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random faults lose no frame and deliver none twice. {@code e2e/campaign} runs it with other seeds, longer and with more faults. */
@Tag("long")
class FaultCampaignST {
    @TempDir
    static Path folder;

    @Test
    void everyJobEndsWithTheLinesOfAnUndisturbedRun() throws Exception {
        FaultCampaign.Plan plan = new FaultCampaign.Plan(
                Long.getLong("seed", 1),
                Integer.getInteger("faults", 40),
                Integer.getInteger("jobs", 12),
                Duration.ofSeconds(Math.round(60 * Double.parseDouble(System.getProperty("minutes", "5")))));
        try (FaultCampaign campaign = new FaultCampaign(plan, folder)) {
            FaultCampaign.Report report = campaign.run();
            Path reports = Files.createDirectories(Path.of("target", "campaign"));
            Files.writeString(reports.resolve("faults.md"), report.markdown());
            Files.writeString(reports.resolve("faults.json"), report.json());
            Files.writeString(reports.resolve("summary.txt"), report.summary() + "\n");
            System.out.println(report.summary());

            assertThat(report.broken()).as(report.summary()).isEmpty();
            assertThat(report.delivered()).isEqualTo(report.expected());
            assertThat(report.duplicated()).isZero();
            assertThat(report.lost()).isZero();
            assertThat(report.jobs()).isGreaterThanOrEqualTo(plan.jobs());
            assertThat(report.count() + report.impossible()).isEqualTo(plan.faults());
            assertThat(report.count()).as("faults that happened").isGreaterThanOrEqualTo(plan.faults() * 9 / 10);
        }
    }
}
