package io.framequota.scheduler.controller.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API server in memory: fabric8's mock in CRUD mode, which keeps objects, UIDs, generations and resource versions,
 * detects conflicts and serves watches; and, added here, JSON merge patches, the subresources {@code resize} and {@code binding} of
 * pods, access reviews, a kubelet that enforces resizes, and failures on demand.
 *
 * <p>Tests with it show what this project's adapters request and how they treat the answers. They do not show what only a real
 * cluster can, and the {@code *IT} classes with {@code KUBECONFIG} do: that the API server accepts these requests (validation,
 * RBAC, admission), that a kubelet resizes containers and when it defers, and that lists with a page size are consistent reads.
 */
public final class InMemoryApiServer implements AutoCloseable {
    private static final Pattern SUBRESOURCE =
            Pattern.compile("(/api/v1/namespaces/[^/]+/pods/[^/]+)/(resize|binding)");
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    /** Method and path of each request, in order, without watches. */
    public final List<String> requests = new CopyOnWriteArrayList<>();
    /** The bodies of PATCH requests, in order. */
    public final List<String> patches = new CopyOnWriteArrayList<>();
    /** Whether the server has the subresource {@code pods/resize}. */
    public volatile boolean canResize = true;
    /** Whether the client has the rights that it asks for. */
    public volatile boolean allowed = true;
    /** Turns a resized pod into the pod whose status the kubelet reports. */
    public volatile UnaryOperator<Pod> kubelet = pod -> enforced(pod, pod);

    public final KubernetesClient client;

    private final KubernetesCrudDispatcher objects = new KubernetesCrudDispatcher();
    private final KubernetesMockServer server;
    private final List<KubernetesClient> clients = new ArrayList<>();
    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    /** @param lost whether the request is carried out once, and only its answer is lost */
    private record Failure(Pattern request, int code, String message, boolean lost) {}

    public InMemoryApiServer() {
        Dispatcher dispatcher = new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                try {
                    return answer(request, request.getUtf8Body());
                } catch (RuntimeException e) {
                    return failure(422, String.valueOf(e.getMessage()));
                }
            }
        };
        server = new KubernetesMockServer(
                new Context(Serialization.jsonMapper()), new MockWebServer(), new HashMap<>(), dispatcher, false);
        server.init();
        client = newClient();
    }

    public KubernetesClient newClient() {
        KubernetesClient created = server.createClient(
                b -> b.editOrNewConfig().withRequestRetryBackoffLimit(0).endConfig());
        clients.add(created);
        return created;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** Answers every request that matches, as {@code METHOD path}, with an error, until {@link #recover}. */
    public void fail(String request, int code, String message) {
        failures.add(new Failure(Pattern.compile(request), code, message, false));
    }

    /** Carries out the next request that matches and answers it with a timeout, as a proxy before an API server does. */
    public void loseAnswer(String request) {
        failures.add(new Failure(Pattern.compile(request), 504, "the request timed out", true));
    }

    /** Ends all failures. */
    public void recover() {
        failures.clear();
    }

    public Pod create(Pod pod) {
        return client.resource(pod).create();
    }

    public Pod pod(String namespace, String name) {
        return client.pods().inNamespace(namespace).withName(name).get();
    }

    /** The reasons of the events on an object, in order. */
    public List<String> events(String namespace, String object) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(e -> object.equals(e.getInvolvedObject().getName()))
                .map(e -> e.getReason() + ": " + e.getMessage())
                .toList();
    }

    /** A pod whose containers have the resources that another pod specifies. */
    public static Pod enforced(Pod pod, Pod resources) {
        return new PodBuilder(pod)
                .editOrNewStatus()
                .withContainerStatuses(resources.getSpec().getContainers().stream()
                        .map(c -> new ContainerStatusBuilder()
                                .withName(c.getName())
                                .withResources(c.getResources())
                                .build())
                        .toList())
                .withConditions()
                .endStatus()
                .build();
    }

    private MockResponse answer(RecordedRequest request, @Nullable String body) {
        String path = request.getPath().replaceFirst("\\?.*", "");
        String line = request.getMethod() + " " + path;
        if (!request.getPath().contains("watch=true")) {
            requests.add(line);
        }
        if (request.getMethod().equals("PATCH") && body != null) {
            patches.add(body);
        }
        for (Failure failure : failures) {
            if (failure.request().matcher(line).matches()) {
                if (failure.lost()) {
                    failures.remove(failure);
                    carryOut(request, path, body);
                }
                return failure(failure.code(), failure.message());
            }
        }
        return carryOut(request, path, body);
    }

    private MockResponse carryOut(RecordedRequest request, String path, @Nullable String body) {
        if (path.equals("/api/v1")) {
            return json(200, resources());
        }
        if (path.equals(REVIEWS)) {
            return json(
                    201,
                    Map.of(
                            "apiVersion",
                            "authorization.k8s.io/v1",
                            "kind",
                            "SelfSubjectAccessReview",
                            "spec",
                            Map.of(),
                            "status",
                            Map.of("allowed", allowed)));
        }
        if (String.valueOf(request.getHeader("Content-Type")).startsWith("application/merge-patch+json")) {
            return merge(path, body);
        }
        Matcher subresource = SUBRESOURCE.matcher(path);
        if (!subresource.matches()) {
            return objects.dispatch(request(request.method(), request.getPath(), request.getHeaders(), body));
        }
        MockResponse known = objects.handleGet(subresource.group(1));
        if (known.code() != 200) {
            return failure(404, "pods not found");
        }
        Pod pod = Serialization.unmarshal(known.getBody().readUtf8(), Pod.class);
        return subresource.group(2).equals("resize")
                ? resize(subresource.group(1), pod, Serialization.unmarshal(body, Pod.class))
                : bind(subresource.group(1), pod, Serialization.unmarshal(body, Binding.class));
    }

    private MockResponse resize(String path, Pod pod, Pod patch) {
        for (Container wanted : patch.getSpec().getContainers()) {
            Container container = pod.getSpec().getContainers().stream()
                    .filter(c -> c.getName().equals(wanted.getName()))
                    .findFirst()
                    .orElseThrow();
            ResourceRequirements before = container.getResources();
            container.setResources(new ResourceRequirementsBuilder(before == null ? new ResourceRequirements() : before)
                    .addToRequests(wanted.getResources().getRequests())
                    .addToLimits(wanted.getResources().getLimits())
                    .build());
        }
        MockResponse specified = replace(path, pod);
        replace(path + "/status", kubelet.apply(pod));
        return specified;
    }

    private MockResponse bind(String path, Pod pod, Binding binding) {
        if (!pod.getMetadata().getUid().equals(binding.getMetadata().getUid())) {
            return failure(409, "the UID in the precondition does not match");
        }
        if (pod.getSpec().getNodeName() != null) {
            return failure(
                    409, "pod is already assigned to node " + pod.getSpec().getNodeName());
        }
        pod.getSpec().setNodeName(binding.getTarget().getName());
        replace(path, pod);
        return json(201, new StatusBuilder().withStatus("Success").build());
    }

    /** A JSON merge patch (RFC 7396). The mock's own would append to lists, where the RFC replaces them. */
    private MockResponse merge(String path, @Nullable String patch) {
        MockResponse known = objects.handleGet(path.replaceFirst("/status$", ""));
        if (known.code() != 200) {
            return known;
        }
        ObjectNode object = Serialization.unmarshal(known.getBody().readUtf8(), ObjectNode.class);
        merge(object, Serialization.unmarshal(patch, ObjectNode.class));
        object.withObjectProperty("metadata").remove("resourceVersion");
        return objects.dispatch(request(HttpMethod.PUT, path, Headers.builder().build(), object.toString()));
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        patch.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isNull()) {
                target.remove(field.getKey());
            } else if (value instanceof ObjectNode object && target.get(field.getKey()) instanceof ObjectNode before) {
                merge(before, object);
            } else {
                target.set(field.getKey(), value);
            }
        });
    }

    private MockResponse replace(String path, Pod pod) {
        pod.getMetadata().setResourceVersion(null);
        return objects.dispatch(request(HttpMethod.PUT, path, Headers.builder().build(), Serialization.asJson(pod)));
    }

    private static RecordedRequest request(HttpMethod method, String path, Headers headers, @Nullable String body) {
        Buffer buffer = body == null ? null : new Buffer(body.getBytes(StandardCharsets.UTF_8));
        return new RecordedRequest("HTTP/1.1", method, path, headers, buffer);
    }

    private Object resources() {
        return new APIResourceListBuilder()
                .withGroupVersion("v1")
                .addNewResource()
                .withName("pods")
                .withKind("Pod")
                .withNamespaced(true)
                .endResource()
                .addNewResource()
                .withName(canResize ? "pods/resize" : "pods/log")
                .withKind("Pod")
                .withNamespaced(true)
                .endResource()
                .build();
    }

    private static MockResponse failure(int code, String message) {
        return json(
                code,
                new StatusBuilder()
                        .withStatus("Failure")
                        .withCode(code)
                        .withMessage(message)
                        .build());
    }

    private static MockResponse json(int code, Object body) {
        return new MockResponse()
                .setResponseCode(code)
                .setHeader("Content-Type", "application/json")
                .setBody(Serialization.asJson(body));
    }

    @Override
    public void close() {
        clients.forEach(KubernetesClient::close);
        server.destroy();
    }
}
