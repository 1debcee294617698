package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service account with what the chart lets a scheduler do about placement: the rules of scheduler/rbac.yaml. */
final class SchedulerAccount {
    private static final String NAME = "scheduler";
    private static final String RBAC = "rbac.authorization.k8s.io";

    private SchedulerAccount() {}

    /** The account's kubeconfig, for a namespace; made when it is not there yet. */
    static Path of(KubernetesClient client, String namespace) throws IOException {
        String global = NAME + "-" + namespace;
        client.serviceAccounts()
                .inNamespace(namespace)
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .build())
                .serverSideApply();
        client.rbac()
                .roles()
                .inNamespace(namespace)
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withRules(rule("pods/binding", "create"), rule("events", "create"), rule("pods", "patch"))
                        .build())
                .serverSideApply();
        client.rbac()
                .roleBindings()
                .inNamespace(namespace)
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withNewRoleRef(RBAC, "Role", NAME)
                        .addNewSubject("", "ServiceAccount", NAME, namespace)
                        .build())
                .serverSideApply();
        client.rbac()
                .clusterRoles()
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(global)
                        .endMetadata()
                        .withRules(rule("nodes", "get", "list", "watch"), rule("pods", "get", "list", "watch"))
                        .build())
                .serverSideApply();
        client.rbac()
                .clusterRoleBindings()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(global)
                        .endMetadata()
                        .withNewRoleRef(RBAC, "ClusterRole", global)
                        .addNewSubject("", "ServiceAccount", NAME, namespace)
                        .build())
                .serverSideApply();
        return kubeconfig(client, namespace);
    }

    private static PolicyRule rule(String resource, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups("")
                .withResources(resource)
                .withVerbs(verbs)
                .build();
    }

    private static Path kubeconfig(KubernetesClient client, String namespace) throws IOException {
        String token = client.serviceAccounts()
                .inNamespace(namespace)
                .withName(NAME)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        Path file = Files.createTempFile("scheduler", ".conf");
        file.toFile().deleteOnExit();
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(
                        client.getConfiguration().getMasterUrl(),
                        client.getConfiguration().getCaCertData(),
                        token));
        return file;
    }
}
