package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A namespace of its own in the cluster of {@code KUBECONFIG}, gone with {@link #close}. */
public final class TestCluster implements AutoCloseable {
    public static final String CONTAINER = "inference-server";
    public static final String WORKERS = "app.kubernetes.io/component=worker";
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    /** An image that is on the node already; any that waits for ever will do. */
    private static final String IMAGE =
            Optional.ofNullable(System.getenv("FRAMEQUOTA_TEST_IMAGE")).orElse("local/pause:1");

    public final KubernetesClient admin = new KubernetesClientBuilder().build();
    public final String namespace = "fq-it-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<KubernetesClient> clients = new ArrayList<>();

    public TestCluster() {
        admin.namespaces()
                .resource(new io.fabric8.kubernetes.api.model.NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    /** A running worker pod, Burstable through its memory, whose computing container begins with this much CPU. */
    public Pod worker(String name, String cpu) {
        return worker(name, cpu, cpu);
    }

    /** The same, with a limit of its own. */
    public Pod worker(String name, String cpu, String limit) {
        admin.pods()
                .inNamespace(namespace)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(Map.of("app.kubernetes.io/component", "worker"))
                        .endMetadata()
                        .withNewSpec()
                        .withTerminationGracePeriodSeconds(0L)
                        .addNewContainer()
                        .withName(CONTAINER)
                        .withImage(IMAGE)
                        .withImagePullPolicy("IfNotPresent")
                        .withNewResources()
                        .withRequests(Map.of("cpu", new Quantity(cpu), "memory", new Quantity("8Mi")))
                        .withLimits(Map.of("cpu", new Quantity(limit), "memory", new Quantity("16Mi")))
                        .endResources()
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        return admin.pods().inNamespace(namespace).withName(name).waitUntilReady(60, TimeUnit.SECONDS);
    }

    public Pod pod(String name) {
        return admin.pods().inNamespace(namespace).withName(name).get();
    }

    /** Microseconds a period that the node's kernel lets a pod's container have; empty when its groups are not visible here. */
    public Optional<Long> quotaUs(Pod pod) throws IOException {
        String id = pod.getStatus()
                .getContainerStatuses()
                .getFirst()
                .getContainerID()
                .replaceFirst("^.*://", "");
        Path root = Files.isDirectory(CGROUPS.resolve("cpu")) ? CGROUPS.resolve("cpu") : CGROUPS;
        Optional<Path> group;
        try (Stream<Path> all =
                Files.find(root, 8, (p, a) -> p.getFileName().toString().contains(id))) {
            group = all.findFirst();
        } catch (java.io.UncheckedIOException e) {
            // A group that went away while we looked.
            return quotaUs(pod);
        }
        if (group.isEmpty()) {
            return Optional.empty();
        }
        Path first = group.get().resolve("cpu.cfs_quota_us");
        String value = Files.exists(first)
                ? Files.readString(first).strip()
                : Files.readString(group.get().resolve("cpu.max")).split(" ")[0];
        return Optional.of(value.equals("max") ? -1 : Long.parseLong(value));
    }

    /** What the chart gives the scheduler, and nothing else. */
    public static List<PolicyRule> schedulerRules(String lease) {
        return List.of(
                rule("", List.of("pods"), "get", "list", "watch"),
                rule("", List.of("pods/resize"), "get", "patch"),
                rule("", List.of("events"), "create"),
                rule("coordination.k8s.io", List.of("leases"), "create"),
                new PolicyRuleBuilder()
                        .withApiGroups("coordination.k8s.io")
                        .withResources("leases")
                        .withResourceNames(lease)
                        .withVerbs("get", "update")
                        .build(),
                rule("framequota.io", List.of("quotapolicies"), "get", "list", "watch"),
                rule("framequota.io", List.of("quotapolicies/status"), "patch"));
    }

    /** What a Role of the chart gives. Only the names of things are templates there. */
    public static List<PolicyRule> chartRules(Path template, String role) throws IOException {
        String document = Stream.of(Files.readString(template).split("\n---\n"))
                .filter(d -> d.contains("\nkind: Role\n") && d.contains("\"" + role + "\") | nindent"))
                .findFirst()
                .orElseThrow();
        return Serialization.unmarshal(document.substring(document.indexOf("\nrules:\n")), Role.class)
                .getRules();
    }

    public static PolicyRule rule(String group, List<String> resources, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resources)
                .withVerbs(verbs)
                .build();
    }

    /** The cluster as a new service account with these rights sees it. */
    public KubernetesClient as(String account, List<PolicyRule> rules) {
        Config config = new ConfigBuilder()
                .withMasterUrl(admin.getConfiguration().getMasterUrl())
                .withCaCertFile(admin.getConfiguration().getCaCertFile())
                .withCaCertData(admin.getConfiguration().getCaCertData())
                .withOauthToken(token(account, rules))
                .withNamespace(namespace)
                .withAutoConfigure(false)
                .build();
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        clients.add(client);
        return client;
    }

    /** A token of a new service account with these rights. */
    public String token(String account, List<PolicyRule> rules) {
        admin.serviceAccounts()
                .inNamespace(namespace)
                .resource(new io.fabric8.kubernetes.api.model.ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .endMetadata()
                        .build())
                .create();
        admin.rbac()
                .roles()
                .inNamespace(namespace)
                .resource(new io.fabric8.kubernetes.api.model.rbac.RoleBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .create();
        admin.rbac()
                .roleBindings()
                .inNamespace(namespace)
                .resource(new io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(account)
                        .endMetadata()
                        .withNewRoleRef()
                        .withApiGroup("rbac.authorization.k8s.io")
                        .withKind("Role")
                        .withName(account)
                        .endRoleRef()
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(account)
                        .withNamespace(namespace)
                        .endSubject()
                        .build())
                .create();
        TokenRequest request = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(account)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build());
        return request.getStatus().getToken();
    }

    @Override
    public void close() {
        admin.namespaces().withName(namespace).delete();
        clients.forEach(KubernetesClient::close);
        admin.close();
    }
}
