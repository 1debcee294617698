package io.framequota.lab.file;

import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;

/** {@code speedup}. */
final class SpeedupParser {
    private static final List<String> FORMS = List.of("capped", "power", "amdahl", "curve");

    /** A speedup and how people call it. */
    record Read(Speedup speedup, String words) {}

    static Read read(YamlValue value) {
        if (!value.isMapping()) {
            if (value.text("linear").equals("linear")) {
                return new Read(Speedup.LINEAR, "linear");
            }
            throw value.bad(
                    "cannot be " + value.shown(),
                    "linear, { capped: 1 }, { power: 0.5 }, { amdahl: 0.8 }, { curve: [[1000, 1.0], [2000, 1.8]] }");
        }
        YamlFields.Entry form = value.only(FORMS);
        YamlValue of = form.value();
        try {
            Speedup speedup = switch (form.name()) {
                case "capped" -> new Speedup.Capped(of.above0());
                case "power" -> new Speedup.Power(of.number(d -> d > 0 && d <= 1, "a number above 0, at most 1"));
                case "amdahl" -> new Speedup.Amdahl(of.number(d -> d >= 0 && d <= 1, "a number from 0 to 1"));
                default -> curve(of);
            };
            return new Read(speedup, form.name() + (of.isList() ? "" : " " + of.text("a number")));
        } catch (InvalidPolicyException e) {
            throw ExperimentFile.at(of, e);
        }
    }

    private static Speedup curve(YamlValue value) {
        String allowed = "points [millicores, speed], as in [[1000, 1.0], [2000, 1.8]]";
        return new Speedup.Curve(value.list(allowed).stream()
                .map(point -> {
                    List<YamlValue> pair = point.list(allowed);
                    if (pair.size() != 2) {
                        throw point.bad("it has " + pair.size() + " numbers", allowed);
                    }
                    return new Speedup.Point(
                            pair.get(0).above0() / 1000, pair.get(1).above0());
                })
                .toList());
    }

    private SpeedupParser() {}
}
