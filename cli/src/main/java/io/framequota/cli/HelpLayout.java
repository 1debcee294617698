package io.framequota.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_SYNOPSIS;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IHelpSectionRenderer;

/**
 * Wraps help texts at blanks only. picocli also breaks lines behind dots, hyphens and slashes, which splits file names, URLs
 * and names of policies; here it renders each paragraph as one line, which is wrapped afterwards. Examples are not wrapped.
 */
final class HelpLayout {
    private static final int WIDTH = 80;

    /** Wider than any paragraph. */
    private static final int UNWRAPPED = 10_000;

    private static final Pattern SYNOPSIS = Pattern.compile("Usage: fq(?: [a-z]+)* ");
    private static final Pattern LIST_ENTRY = Pattern.compile(" *(?:-\\w, )?\\S+ {2,}(?=\\S)");
    private static final Pattern INDENTED = Pattern.compile(" +");
    private static final String CONTINUED = "  ";
    private static final String EXAMPLE = "  ";

    /** Applies to a command and to all its subcommands so far. */
    static void applyTo(CommandLine line) {
        Map<String, IHelpSectionRenderer> sections = new HashMap<>();
        line.getHelpSectionMap()
                .forEach((key, section) -> sections.put(key, help -> {
                    boolean footer = key.equals(SECTION_KEY_FOOTER);
                    if (key.equals(SECTION_KEY_SYNOPSIS_HEADING)) {
                        // The synopsis goes on in its line.
                        return section.render(help);
                    }
                    if (key.equals(SECTION_KEY_SYNOPSIS)) {
                        String heading = help.synopsisHeading();
                        String synopsis = heading + section.render(help).strip();
                        return wrapped(synopsis).substring(heading.length()) + System.lineSeparator();
                    }
                    return section.render(help)
                            .lines()
                            .map(l -> footer && l.startsWith(EXAMPLE) ? l : wrapped(l))
                            .map(l -> l + System.lineSeparator())
                            .collect(Collectors.joining());
                }));
        line.setUsageHelpWidth(UNWRAPPED);
        line.setHelpSectionMap(sections);
    }

    /** Wraps one line; its continuation is indented as the kind of the line wants it. */
    static String wrapped(String line) {
        if (line.length() <= WIDTH) {
            return line;
        }
        String indent = " ".repeat(indent(line));
        StringBuilder text = new StringBuilder();
        int start = 0;
        String prefix = "";
        while (prefix.length() + line.length() - start > WIDTH) {
            int end = line.lastIndexOf(' ', start + WIDTH - prefix.length());
            if (end <= start || line.substring(start, end).isBlank()) {
                break;
            }
            text.append(prefix).append(line, start, end).append(System.lineSeparator());
            start = end + 1;
            prefix = indent;
        }
        return text.append(prefix).append(line.substring(start)).toString();
    }

    private static int indent(String line) {
        Matcher synopsis = SYNOPSIS.matcher(line);
        if (synopsis.lookingAt()) {
            return synopsis.end();
        }
        Matcher entry = LIST_ENTRY.matcher(line);
        if (entry.lookingAt()) {
            return entry.end() + CONTINUED.length();
        }
        Matcher indented = INDENTED.matcher(line);
        return indented.lookingAt() ? indented.end() + CONTINUED.length() : 0;
    }

    private HelpLayout() {}
}
