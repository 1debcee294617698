package io.framequota.lab.report;

/** The page's style sheet. */
final class StyleSheet {
    private static final String LIGHT = "--ink:#1c2024;--soft:#5b6570;--line:#dfe3e8;--paper:#fff;--card:#f6f7f9;"
            + "--bar:#8fb8de;--good:#1a7f4b;--bad:#c2410c;";
    private static final String DARK = "--ink:#e8eaed;--soft:#9aa4b0;--line:#343a42;--paper:#15181c;--card:#1e2227;"
            + "--bar:#3f6f9f;--good:#4cc38a;--bad:#ff8b4d;";

    private static final String RULES = """
            *{box-sizing:border-box}
            body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
            main{max-width:940px;margin:0 auto;padding:28px 20px 60px}
            h1{font-size:1.9rem;margin:0 0 4px;overflow-wrap:anywhere}
            h2{font-size:1.2rem;margin:0 0 6px}
            h3{font-size:.95rem;margin:14px 0 2px;font-weight:600}
            p{margin:4px 0 10px;color:var(--soft)}
            .lead{font-size:1.05rem;color:var(--ink)}
            .notice{border-left:4px solid var(--bad);padding:6px 12px;background:var(--card);color:var(--ink)}
            section{margin-top:34px}
            .wide{overflow-x:auto}
            svg{display:block;width:100%;max-width:840px;height:auto}
            .grid{stroke:var(--line);stroke-width:1}
            text{fill:var(--ink);font:13px system-ui,sans-serif}
            text.small{fill:var(--soft);font-size:11px}
            text.value{font-weight:600}
            .bar{fill:var(--bar)}
            .dot{fill:var(--ink);fill-opacity:.55}
            .expected.met{fill:var(--good)}
            .expected.missed{fill:var(--bad)}
            .curve{fill:none;stroke-width:2.2;stroke-linejoin:round}
            .curve.theory{stroke-dasharray:2 4;stroke-width:1.8;opacity:.8}
            .curve.yard{stroke:var(--ink);stroke-dasharray:5 4;stroke-width:1.6}
            .legend{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center;font-size:.88rem}
            .legend span{display:inline-flex;align-items:center}
            .legend i{display:inline-block;width:16px;height:12px;margin-right:7px;border-radius:2px}
            .legend i.bar{background:var(--bar)}
            .legend i.met,.legend i.missed{width:4px;height:16px}
            .legend i.met{background:var(--good)}
            .legend i.missed{background:var(--bad)}
            .legend i.theory{height:0;border-top:2px dotted var(--ink);border-radius:0}
            .legend i.yard{height:0;border-top:2px dashed var(--ink);border-radius:0}
            table{border-collapse:collapse;font-size:.82rem;font-variant-numeric:tabular-nums;white-space:nowrap;width:100%}
            th,td{padding:6px 5px;text-align:right;border-bottom:1px solid var(--line)}
            th{color:var(--soft);font-weight:500}
            th:first-child,td:first-child{text-align:left;padding-left:0}
            .good{color:var(--good)}
            .bad{color:var(--bad);font-weight:600}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0;font-size:.92rem}
            dt{color:var(--soft)}
            dd{margin:0;overflow-wrap:anywhere}
            @media(max-width:560px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}main{padding:18px 14px 40px}}
            @media print{body{background:#fff}section{break-inside:avoid}}
            """;

    static String css() {
        return ":root{" + LIGHT + Palette.properties(false) + "}@media(prefers-color-scheme:dark){:root{" + DARK
                + Palette.properties(true) + "}}" + RULES + Palette.classes();
    }

    private StyleSheet() {}
}
