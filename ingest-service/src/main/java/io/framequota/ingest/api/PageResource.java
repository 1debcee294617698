package io.framequota.ingest.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The web page: files from folder {@code page} of the class path, to everybody who passes the rules for callers. The page is a
 * client of the API like any other.
 *
 * <p>Its policy lets a browser run and load nothing but these files and this server's answers, neither scripts within the page nor
 * HTML made from text (but by lit-html, whose templates are constants).
 */
@Path("/")
public class PageResource {
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types lit-html";

    private static final String FOLDER = "page/";
    private static final Pattern NAME = Pattern.compile("(?:[a-z-]+/){0,2}[a-z-]+\\.(?:html|css|js|svg)");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=UTF-8",
            "css", "text/css;charset=UTF-8",
            "js", "text/javascript;charset=UTF-8",
            "svg", "image/svg+xml");

    /** The page. */
    @GET
    @Operation(hidden = true)
    public Response page() {
        return file("index.html");
    }

    /** A file of the page. */
    @GET
    @Path("page/{name:.+}")
    @Operation(hidden = true)
    public Response file(@PathParam("name") String name) {
        byte[] bytes = NAME.matcher(name).matches() ? read(name) : null;
        if (bytes == null) {
            throw new NotFoundException();
        }
        return Response.ok(bytes)
                .type(TYPES.get(name.substring(name.lastIndexOf('.') + 1)))
                // A browser must not mix files of two releases, and these are small.
                .header("Cache-Control", "no-store")
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .build();
    }

    private static byte @Nullable [] read(String name) {
        try (InputStream in = PageResource.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
