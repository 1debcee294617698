package io.framequota.lab.report;

import io.framequota.lab.quotalab.QuotaDiagnosis;
import io.framequota.lab.quotalab.QuotaRun;
import io.framequota.lab.report.ReportPage.Cell;
import io.framequota.lab.report.ReportPage.Figure;
import io.framequota.lab.report.ReportPage.Key;
import io.framequota.lab.report.ReportPage.Section;
import io.framequota.lab.report.ReportPage.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The page of {@code fq quota-lab}: one file without network or script. */
public final class QuotaLabReport {
    private static final double WIDTH = 640;
    private static final double HEIGHT = 280;
    private static final double LEFT = 60;
    private static final double RIGHT = 20;
    private static final double TOP = 14;
    private static final double BOTTOM = 44;

    private QuotaLabReport() {}

    /**
     * The page.
     *
     * @param command the program and its arguments, as typed
     * @param facts about the machine and the runs, in order
     */
    public static String of(String command, QuotaDiagnosis diagnosis, Map<String, String> facts) {
        List<Section> sections = new ArrayList<>();
        sections.add(Section.ofFigures(
                "Time under each quota",
                "Without waste a program takes its own time, or its processor time divided by the quota, whichever is longer.",
                List.of(new Key("k0", "measured"), new Key("yard", "without waste")),
                List.of(Figure.of(
                        "", chart(diagnosis, QuotaRun::wallS, r -> diagnosis.fluidS(r.millicores()), "seconds")))));
        double cpuS = diagnosis.leastCpuS();
        sections.add(Section.ofFigures(
                "Processor time used",
                "A program that spins needs more of it in some runs than in others.",
                List.of(new Key("k0", "measured"), new Key("yard", "the least of all runs")),
                List.of(Figure.of("", chart(diagnosis, QuotaRun::cpuS, r -> cpuS, "processor seconds")))));
        sections.add(Section.ofTables("Numbers", "", List.of(table(diagnosis))));
        String summary = "Recommended: limit " + diagnosis.recommendedMillicores() + "m, "
                + diagnosis.recommendedThreads() + (diagnosis.recommendedThreads() == 1 ? " thread." : " threads.");
        return HtmlReport.render(
                new ReportPage(command, String.join(" ", diagnosis.reasons()), summary, List.of(), sections, facts));
    }

    private static Table table(QuotaDiagnosis diagnosis) {
        return new Table(
                "",
                List.of(
                        "quota",
                        "seconds",
                        "without waste",
                        "speedup",
                        "processor seconds",
                        "busy cores",
                        "throttled s",
                        "periods used up",
                        "threads"),
                diagnosis.runs().stream()
                        .map(r -> Cell.plain(Stream.of(
                                r.millicores() == 0 ? "none" : r.millicores() + "m",
                                SvgBuilder.format("%.3f", r.wallS()),
                                SvgBuilder.format("%.3f", diagnosis.fluidS(r.millicores())),
                                SvgBuilder.format("%.2f", diagnosis.oneCoreS() / r.wallS()),
                                SvgBuilder.format("%.3f", r.cpuS()),
                                SvgBuilder.format("%.2f", r.busyCores()),
                                SvgBuilder.format("%.2f", r.throttledS()),
                                SvgBuilder.format("%.0f %%", 100 * r.throttledPart()),
                                Integer.toString(r.threads()))))
                        .toList());
    }

    private static SvgBuilder chart(
            QuotaDiagnosis diagnosis,
            ToDoubleFunction<QuotaRun> measured,
            ToDoubleFunction<QuotaRun> expected,
            String unit) {
        List<QuotaRun> runs = diagnosis.runs();
        double top = runs.stream()
                .mapToDouble(r -> Math.max(measured.applyAsDouble(r), expected.applyAsDouble(r)))
                .max()
                .orElse(1);
        double step = NumberFormats.step(top, 5);
        double most = step * Math.ceil(top / step);
        SvgBuilder svg = new SvgBuilder(WIDTH, HEIGHT, unit + " over the quota");
        for (double tick = 0; tick <= most + step / 2; tick += step) {
            double y = y(tick, most);
            svg.line("grid", LEFT, y, WIDTH - RIGHT, y)
                    .text("small", LEFT - 6, y + 4, "end", NumberFormats.plain(tick));
        }
        StringBuilder found = new StringBuilder();
        StringBuilder without = new StringBuilder();
        for (int i = 0; i < runs.size(); i++) {
            double x = LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / runs.size();
            QuotaRun run = runs.get(i);
            String name = run.millicores() == 0 ? "no quota" : run.millicores() + "m";
            svg.text("small", x, HEIGHT - BOTTOM + 16, "middle", name);
            String go = i == 0 ? "M" : "L";
            found.append(SvgBuilder.format("%s%.1f %.1f", go, x, y(measured.applyAsDouble(run), most)));
            without.append(SvgBuilder.format("%s%.1f %.1f", go, x, y(expected.applyAsDouble(run), most)));
        }
        svg.path("curve yard", without.toString()).path("curve c0", found.toString());
        for (int i = 0; i < runs.size(); i++) {
            double x = LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / runs.size();
            QuotaRun run = runs.get(i);
            svg.circle(
                    "f0",
                    x,
                    y(measured.applyAsDouble(run), most),
                    4,
                    SvgBuilder.format(
                            "%s: %.3f, without waste %.3f",
                            run.millicores() == 0 ? "no quota" : run.millicores() + "m",
                            measured.applyAsDouble(run),
                            expected.applyAsDouble(run)));
        }
        return svg.text("small", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "middle", unit + ", by quota");
    }

    private static double y(double value, double most) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most;
    }
}
