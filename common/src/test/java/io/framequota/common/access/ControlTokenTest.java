package io.framequota.common.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.AuthorityGrpc;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlTokenTest {
    private static final String SECRET = "a-secret-of-some-length";

    private final BearerToken token = ControlToken.of(SECRET);

    private static Metadata headers(String authorization) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("Authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return headers;
    }

    @Test
    void matchesTheWholeTokenOnly() {
        assertThat(token.matches(headers("Bearer " + SECRET))).isTrue();

        assertThat(token.matches(new Metadata())).as("nothing shown").isFalse();
        assertThat(token.matches(headers(SECRET))).as("no scheme").isFalse();
        assertThat(token.matches(headers("Bearer "))).as("empty").isFalse();
        assertThat(token.matches(headers("Bearer " + SECRET.substring(1)))).isFalse();
        assertThat(token.matches(headers("Bearer " + SECRET + "x"))).isFalse();
        assertThat(token.matches(headers("Bearer " + SECRET.replace('a', 'b')))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "short", "with a blank in the middle", "with-a-line-end-behind-it\n", "not-ascii-äöüäöüäöü"})
    void refusesUnsuitableTokensWithoutShowingThem(String value) {
        assertThatThrownBy(() -> ControlToken.of(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("set FRAMEQUOTA_CONTROL_TOKEN to 16 to 512 visible ASCII characters");
    }

    @Test
    void toStringDoesNotShowTheToken() {
        assertThat(token.toString()).doesNotContain(SECRET);
    }

    @Test
    void authorityServiceIsInAGuardedPackage() {
        assertThat(AuthorityGrpc.SERVICE_NAME).startsWith(ControlToken.PACKAGE);
    }
}
