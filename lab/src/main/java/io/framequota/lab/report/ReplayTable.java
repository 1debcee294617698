package io.framequota.lab.report;

import io.framequota.lab.experiment.ReplayRanking;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How often replays order the policies as they were measured. */
final class ReplayTable {
    private ReplayTable() {}

    /** A section with a row for each replayed run; empty where nothing was replayed. */
    static String of(List<ReplayRanking> rankings) {
        if (rankings.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder(
                        "<section><h2>Replayed and measured order</h2><p>The scheduler replayed each run"
                                + " under the other policies, with what it knew at each moment; each of them was also measured with the"
                                + " same requests. An order is right when no two policies change places whose measured means differ by ")
                .append(Math.round(100 * ReplayRanking.TIE))
                .append(" % or more.</p>");
        for (ReplayRanking ranking : rankings) {
            html.append("<h3>Runs under ")
                    .append(SvgBuilder.escape(ranking.live()))
                    .append(": right in ")
                    .append(ranking.right())
                    .append(" of ")
                    .append(ranking.windows().size())
                    .append(
                            "</h3><div class=\"wide\"><table><tr><th>seed</th><th>measured, seconds</th><th>replayed</th>"
                                    + "<th>order</th></tr>");
            for (ReplayRanking.Window window : ranking.windows()) {
                html.append("<tr><td>")
                        .append(window.seed())
                        .append("</td><td>")
                        .append(order(window.measured()))
                        .append("</td><td>")
                        .append(order(window.replayed()))
                        .append("</td><td>")
                        .append(window.right() ? "right" : "wrong")
                        .append("</td></tr>");
            }
            html.append("</table></div>");
        }
        return html.append("</section>").toString();
    }

    private static String order(Map<String, Double> means) {
        return means.entrySet().stream()
                .map(e -> SvgBuilder.escape(e.getKey()) + " " + NumberFormats.plain(e.getValue()))
                .collect(Collectors.joining(", "));
    }
}
