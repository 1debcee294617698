package io.framequota.ingest.testing;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Requests with keys. */
public final class Keys {
    private Keys() {}

    /** A request that shows this key. */
    public static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    /** A request of the administrator. */
    public static RequestSpecification asAdmin() {
        return as(AccessProfile.ADMIN_KEY);
    }

    /** A new key, as the server answered it. */
    public static Response create(String tenant, String... roles) {
        return asAdmin()
                .contentType(ContentType.JSON)
                .body("{\"tenant\":\"" + tenant + "\",\"name\":\"of a test\",\"roles\":"
                        + Stream.of(roles).collect(Collectors.joining("\",\"", "[\"", "\"]")) + "}")
                .post("/api/v1/keys");
    }

    /** The text of a new key. */
    public static String key(String tenant, String... roles) {
        return create(tenant, roles).then().statusCode(201).extract().path("key");
    }

    /** Submits a scripted video with this number of frames. */
    public static Response submit(String key, int frames) {
        return as(key).multiPart("file", "v.mp4", ("frames=" + frames).getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs");
    }

    /** Waits until the service knows the models that the {@link FakeWorker} announces. */
    public static void awaitModels() {
        Await.until(
                "the service knows the worker's models",
                () -> asAdmin().get("/api/v1/models").asString().contains("people"));
    }

    /** Waits for a job's state. */
    public static void await(String job, String state) {
        Await.until(
                "job " + job + " is " + state,
                () -> state.equals(asAdmin().get("/api/v1/jobs/" + job).path("state")));
    }

    /** The ids of the jobs that the holder of a key sees. */
    public static List<String> jobs(String key) {
        return as(key).get("/api/v1/jobs").then().statusCode(200).extract().path("job");
    }
}
