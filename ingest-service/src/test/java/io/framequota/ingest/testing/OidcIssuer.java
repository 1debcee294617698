package io.framequota.ingest.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** An OpenID Connect issuer with discovery, a key set and RS256 signatures. It signs whatever claims are posted to {@code /token}. */
public final class OidcIssuer implements QuarkusTestResourceLifecycleManager {
    /** What its tokens are for. */
    public static final String AUDIENCE = "framequota-test";

    private HttpServer server;
    private RsaJsonWebKey key;

    @Override
    public Map<String, String> start() {
        try {
            key = newKey("first");
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/.well-known/openid-configuration",
                    exchange -> answer(exchange, "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}"));
            server.createContext("/keys", exchange -> answer(exchange, new JsonWebKeySet(key).toJson()));
            server.createContext(
                    "/token",
                    exchange -> answer(
                            exchange,
                            sign(key, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))));
            server.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Map.of("framequota.oidc-issuer", url(), "framequota.oidc-audience", AUDIENCE);
    }

    /** Its URL, as tokens name it. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A token with these claims, signed with this issuer's key. */
    public String sign(String claims) {
        return sign(key, claims);
    }

    /** A key that this issuer does not publish. */
    public static RsaJsonWebKey newKey(String id) {
        try {
            RsaJsonWebKey made = RsaJwkGenerator.generateJwk(2048);
            made.setKeyId(id);
            made.setAlgorithm("RS256");
            made.setUse("sig");
            return made;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token with these claims, signed with this key. */
    public static String sign(RsaJsonWebKey with, String claims) {
        try {
            JsonWebSignature signature = new JsonWebSignature();
            signature.setPayload(claims);
            signature.setKey(with.getPrivateKey());
            signature.setKeyIdHeaderValue(with.getKeyId());
            signature.setAlgorithmHeaderValue("RS256");
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }
}
