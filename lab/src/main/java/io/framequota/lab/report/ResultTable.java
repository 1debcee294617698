package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The numbers: one row per policy, actuator and swept value. */
final class ResultTable {
    static String of(ExperimentResult result) {
        boolean swept = result.policies().stream().anyMatch(p -> p.variant().isPresent());
        boolean gaps = result.policies().stream().anyMatch(p -> p.yardstick().isPresent());
        boolean refusals = result.policies().stream().anyMatch(p -> p.most(r -> r.refused()) > 0);
        List<String> head = new ArrayList<>(List.of("policy", "actuator"));
        if (swept) {
            head.add("value");
        }
        head.addAll(List.of(
                "mean", "predicted", "off by", "p50", "p99", "max", "slowdown", "makespan", "throttled", "CPU"));
        head.add("handover ms");
        if (gaps) {
            head.add("to yardstick");
        }
        if (refusals) {
            head.add("refused");
        }
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
        head.forEach(h -> html.append("<th>").append(h).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (ContenderResult policy : result.policies()) {
            html.append("<tr>");
            cell(html, policy.label());
            cell(html, policy.actuator().word());
            if (swept) {
                cell(html, policy.variant().map(v -> v.value()).orElse(""));
            }
            numbers(html, policy, result.experiment().tolerance());
            if (gaps) {
                cell(html, percent(policy.gap()));
            }
            if (refusals) {
                cell(html, NumberFormats.plain(policy.median(Run::refused)));
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static void numbers(StringBuilder html, ContenderResult policy, double tolerance) {
        OptionalDouble predicted = policy.predictedMeanS();
        html.append("<td><b>")
                .append(NumberFormats.plain(policy.meanResponseS()))
                .append("</b></td>");
        cell(html, predicted.isPresent() ? NumberFormats.plain(predicted.getAsDouble()) : "–");
        OptionalDouble deviation = policy.deviation();
        boolean met = Math.abs(deviation.orElse(0)) <= tolerance;
        html.append("<td class=\"")
                .append(deviation.isEmpty() ? "" : met ? "good" : "bad")
                .append("\">")
                .append(percent(deviation))
                .append("</td>");
        cell(html, NumberFormats.plain(policy.median(r -> r.summary().p50S())));
        cell(html, NumberFormats.plain(policy.median(r -> r.summary().p99S())));
        cell(html, NumberFormats.plain(policy.median(r -> r.summary().maxS())));
        cell(html, NumberFormats.plain(policy.median(r -> r.summary().meanSlowdown())));
        cell(html, NumberFormats.plain(policy.median(r -> r.summary().makespanS())));
        cell(html, NumberFormats.plain(policy.median(Run::throttledS)));
        cell(html, NumberFormats.plain(policy.median(Run::cpuS)));
        cell(html, NumberFormats.plain(policy.median(Run::handoverMs)));
    }

    private static String percent(OptionalDouble fraction) {
        return fraction.isPresent() ? NumberFormats.percent(fraction.getAsDouble()) : "–";
    }

    private static void cell(StringBuilder html, String text) {
        html.append("<td>").append(SvgBuilder.escape(text)).append("</td>");
    }

    private ResultTable() {}
}
