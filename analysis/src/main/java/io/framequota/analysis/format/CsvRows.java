package io.framequota.analysis.format;

import static io.framequota.analysis.format.ResultExport.number;

import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;
import java.util.stream.Collectors;

/** The table as comma-separated values (RFC 4180, with line feeds). */
final class CsvRows implements RowExport.Rows {
    /** With these first characters a spreadsheet takes a text for a formula, and may run it. */
    private static final String FORMULA = "=+-@\t\r";

    @Override
    public String header() {
        return TableColumn.ALL.stream().map(TableColumn::name).collect(Collectors.joining(",", "", "\n"));
    }

    @Override
    public void append(StringBuilder out, SourceInfo source, ResultFrame frame) throws IOException {
        TableColumn.rows(source, frame, row -> {
            for (int i = 0; i < TableColumn.ALL.size(); i++) {
                out.append(i == 0 ? "" : ",").append(cell(TableColumn.ALL.get(i), row));
            }
            out.append('\n');
        });
    }

    private static String cell(TableColumn column, TableColumn.TableRow row) {
        return switch (column.value().apply(row)) {
            case null -> "";
            case String text -> quoted(harmless(text));
            case Double value when column.decimals() >= 0 -> number(value, column.decimals());
            case Object value -> value.toString();
        };
    }

    /** Names of files and classes come from anybody: what looks like a formula gets an apostrophe in front. */
    private static String harmless(String text) {
        return FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
