package io.framequota.ingest.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.OidcIssuer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of a real issuer, which signs them, and others. */
class OidcTokensTest {
    private final OidcIssuer issuer = new OidcIssuer();
    private OidcTokens tokens;

    @BeforeEach
    void start() {
        issuer.start();
        tokens = new OidcTokens(
                new OidcTokens.Issuer(issuer.url(), OidcIssuer.AUDIENCE, "org/tenant", "realm_access/roles"));
        tokens.start();
        String valid = issuer.sign(claims(""));
        Await.until("the issuer's keys are known", () -> tokens.holder(valid).isPresent());
    }

    @AfterEach
    void stop() {
        tokens.stop();
        issuer.stop();
    }

    /** @param more replaces members of the same name */
    private String claims(String more) {
        StringBuilder all = new StringBuilder("{");
        for (String member : List.of(
                "\"iss\":\"" + issuer.url() + "\"",
                "\"aud\":\"" + OidcIssuer.AUDIENCE + "\"",
                "\"sub\":\"anna\"",
                "\"exp\":" + (Instant.now().getEpochSecond() + 600),
                "\"org\":{\"tenant\":\"north\"}",
                "\"realm_access\":{\"roles\":[\"read\",\"uma\"]}")) {
            String name = member.substring(0, member.indexOf(':') + 1);
            if (!more.contains(name)) {
                all.append(member).append(',');
            }
        }
        return (more.isEmpty() ? all.substring(0, all.length() - 1) : all + more) + "}";
    }

    @Test
    void tenantAndRolesAreWhereTheSettingsSay() {
        assertThat(tokens.holder(issuer.sign(claims(""))))
                .contains(new Caller("oidc:anna", "north", Set.of(Role.READ)));
        assertThat(tokens.holder(
                        issuer.sign(claims("\"sub\":\"a b\\n\",\"realm_access\":{\"roles\":[\"admin\"]},\"org\":{}"))))
                .contains(new Caller("oidc:a_b_#01186fcf", "default", Set.of(Role.ADMIN)));
    }

    @Test
    void subjectsThatLookAlikeHaveKeysOfTheirOwn() {
        String longer = "a".repeat(70);
        assertThat(List.of("a b", "a_b", "a/b", longer, longer + "a").stream()
                        .map(subject -> tokens.holder(issuer.sign(claims("\"sub\":\"" + subject + "\"")))
                                .orElseThrow()
                                .key())
                        .distinct())
                .hasSize(5)
                .contains("oidc:a_b")
                .allMatch(key -> key.length() < 80);
    }

    @Test
    void whoHasNoTenantGetsInOnlyAsAnAdministrator() {
        assertThat(tokens.holder(issuer.sign(claims("\"org\":{}")))).isEmpty();
        assertThat(tokens.holder(issuer.sign(claims("\"org\":{\"tenant\":\"No Name\"}"))))
                .isEmpty();
        assertThat(tokens.holder(issuer.sign(claims("\"org\":[\"tenant\"]")))).isEmpty();
    }

    @Test
    void tokensThatAreNotForUsNowAreRefused() {
        long now = Instant.now().getEpochSecond();
        for (String wrong : List.of(
                "\"iss\":\"https://other.example\"",
                "\"aud\":\"another-service\"",
                "\"exp\":" + (now - 120),
                "\"exp\":null",
                "\"nbf\":" + (now + 600),
                "\"sub\":null")) {
            assertThat(tokens.holder(issuer.sign(claims(wrong)))).as(wrong).isEmpty();
        }
    }

    @Test
    void tokensThatTheIssuerHasNotSignedAreRefused() throws Exception {
        RsaJsonWebKey foreign = OidcIssuer.newKey("first");
        String valid = issuer.sign(claims(""));
        String[] parts = valid.split("\\.");
        String admin = encoded(claims("\"realm_access\":{\"roles\":[\"admin\"]}"));
        JsonWebSignature shared = new JsonWebSignature();
        shared.setPayload(claims(""));
        shared.setAlgorithmHeaderValue("HS256");
        shared.setKeyIdHeaderValue("first");
        shared.setKey(new HmacKey(foreign.getPublicKey().getEncoded()));
        for (String wrong : List.of(
                OidcIssuer.sign(foreign, claims("")),
                OidcIssuer.sign(OidcIssuer.newKey("unknown"), claims("")),
                parts[0] + "." + admin + "." + parts[2],
                encoded("{\"alg\":\"none\"}") + "." + parts[1] + ".",
                encoded("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2],
                shared.getCompactSerialization(),
                valid + "x",
                "a.b.c",
                "")) {
            assertThat(tokens.holder(wrong)).as(wrong).isEmpty();
        }
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
