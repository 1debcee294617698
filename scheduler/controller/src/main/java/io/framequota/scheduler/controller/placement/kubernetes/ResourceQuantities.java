package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Quantity;
import io.framequota.scheduler.placement.ResourceList;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converts Kubernetes quantities to whole numbers: CPU to millicores, everything else to its unit. */
final class ResourceQuantities {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private ResourceQuantities() {}

    /** Requests, rounded up. */
    static ResourceList requested(@Nullable Map<String, Quantity> quantities) {
        return read(quantities, RoundingMode.CEILING);
    }

    /** Available amounts, rounded down. */
    static ResourceList available(@Nullable Map<String, Quantity> quantities) {
        return read(quantities, RoundingMode.FLOOR);
    }

    private static ResourceList read(@Nullable Map<String, Quantity> quantities, RoundingMode rounding) {
        if (quantities == null) {
            return ResourceList.NONE;
        }
        Map<String, Long> amounts = new TreeMap<>();
        quantities.forEach((name, quantity) -> amounts.put(name, amount(name, quantity, rounding)));
        return ResourceList.of(amounts);
    }

    private static long amount(String name, Quantity quantity, RoundingMode rounding) {
        BigDecimal units = Quantity.getAmountInBytes(quantity);
        BigDecimal counted = name.equals(ResourceList.CPU) ? units.movePointRight(3) : units;
        return counted.setScale(0, rounding).min(MOST).max(BigDecimal.ZERO).longValueExact();
    }
}
