package io.framequota.scheduler.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Quantity;
import io.framequota.scheduler.placement.Resources;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Kubernetes' quantities as whole numbers: CPU in millicores, everything else in its unit. */
final class Amounts {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private Amounts() {}

    /** What is asked for, rounded up. */
    static Resources requested(@Nullable Map<String, Quantity> quantities) {
        return read(quantities, RoundingMode.CEILING);
    }

    /** What is there, rounded down. */
    static Resources available(@Nullable Map<String, Quantity> quantities) {
        return read(quantities, RoundingMode.FLOOR);
    }

    private static Resources read(@Nullable Map<String, Quantity> quantities, RoundingMode rounding) {
        if (quantities == null) {
            return Resources.NONE;
        }
        Map<String, Long> amounts = new TreeMap<>();
        quantities.forEach((name, quantity) -> amounts.put(name, amount(name, quantity, rounding)));
        return Resources.of(amounts);
    }

    private static long amount(String name, Quantity quantity, RoundingMode rounding) {
        BigDecimal units = Quantity.getAmountInBytes(quantity);
        BigDecimal counted = name.equals(Resources.CPU) ? units.movePointRight(3) : units;
        return counted.setScale(0, rounding).min(MOST).max(BigDecimal.ZERO).longValueExact();
    }
}
