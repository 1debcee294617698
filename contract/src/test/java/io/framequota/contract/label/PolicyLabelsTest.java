package io.framequota.contract.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLabelsTest {
    @ParameterizedTest
    @CsvSource({"deadline,30", "deadline,2.5", "deadline,0.001", "weight,1", "weight,0.25", "tenant,a b", "other,soon"})
    void acceptsValuesThatPoliciesUnderstand(String name, String value) {
        assertThat(PolicyLabels.problem(Map.of(name, value))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "deadline,soon",
        "deadline,0",
        "deadline,-1",
        "deadline,''",
        "deadline,NaN",
        "deadline,Infinity",
        "deadline,1e3",
        "deadline,0x1p3",
        "deadline,5d",
        "deadline,99999999999999999999",
        "weight,-1",
        "weight,heavy",
        "weight,0.0",
        "tenant,''"
    })
    void rejectsOtherValuesAndNamesTheAllowedOnes(String name, String value) {
        assertThat(PolicyLabels.problem(Map.of("a", "b", name, value)))
                .hasValueSatisfying(
                        line -> assertThat(line).startsWith("label " + name + " is '" + value + "'; allowed: "));
    }

    @Test
    void abbreviatesALongValue() {
        assertThat(PolicyLabels.problem(Map.of("deadline", "x".repeat(2000))))
                .hasValueSatisfying(line -> assertThat(line).hasSizeLessThan(200));
    }
}
