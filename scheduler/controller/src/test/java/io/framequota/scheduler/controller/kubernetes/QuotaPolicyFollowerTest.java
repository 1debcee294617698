package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.framequota.scheduler.controller.InMemoryScheduler;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.leadership.InMemoryAuthority;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.quota.Actuator;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A scheduler follows a QuotaPolicy of an API server in memory; ClusterSchedulerIT shows the same in a cluster. */
class QuotaPolicyFollowerTest {
    private final InMemoryApiServer api = new InMemoryApiServer();
    private final InMemoryAuthority authority = new InMemoryAuthority();
    private final AtomicBoolean elected = new AtomicBoolean(true);
    private final InMemoryScheduler replica = new InMemoryScheduler("s-0", authority, new Elector());
    private QuotaPolicyFollower follower = follower(replica);

    @BeforeEach
    void start() {
        await().until(replica.scheduler::leads);
        follower.start(new StartupEvent());
    }

    @AfterEach
    void close() {
        follower.stop(new ShutdownEvent());
        replica.close();
        api.close();
    }

    @Test
    void newGenerationIsAppliedAndItsStatusSaysSo() {
        apply("{policy: one-at-a-time, budget: 300}");

        await().until(() -> "True".equals(condition("Applied").get("status")));
        assertThat(replica.scheduler.policy().name()).isEqualTo("one-request-at-a-time");
        assertThat(authority.selection().policy()).isEqualTo("one-request-at-a-time");
        assertThat(condition("Applied"))
                .containsEntry("reason", "Applied")
                .containsEntry("message", "generation 1 was taken")
                .containsEntry("observedGeneration", 1);
        assertThat(policy().get().<String>get("status", "policy")).isEqualTo("one-request-at-a-time");
        assertThat(policy().get().<Integer>get("status", "observedGeneration")).isEqualTo(1);

        apply("{policy: srpt}");
        await().until(() -> "srpt".equals(replica.scheduler.policy().name()));
        await().until(() -> Integer.valueOf(2).equals(policy().get().get("status", "observedGeneration")));
    }

    @Test
    void statusIsPatchedAtItsSubresourceAndNothingElseIsWritten() {
        apply("{policy: srpt}");
        await().until(() -> "srpt".equals(policy().get().get("status", "policy")));

        assertThat(api.requests.stream()
                        .filter(r -> r.startsWith("PUT") || r.startsWith("POST"))
                        .filter(r -> r.contains("status")))
                .isEmpty();
        assertThat(api.requests)
                .contains("PATCH /apis/framequota.io/v1alpha1/namespaces/video/quotapolicies/live/status");
    }

    @Test
    void invalidPolicyIsRejectedAndTheLivePolicyStays() {
        apply("{policy: lottery, actuator: quota}");

        await().until(() -> "False".equals(condition("Applied").get("status")));
        assertThat(condition("Applied").get("reason")).isEqualTo("BadPolicy");
        assertThat(condition("Applied").get("message")).asString().contains("no policy 'lottery'");
        assertThat(replica.scheduler.policy().name()).isEqualTo("auto");
        assertThat(replica.scheduler.selectedActuator()).isEqualTo(Actuator.DISPATCH);
    }

    @Test
    void specWithoutAPolicyIsRejected() {
        apply("{budget: 300}");

        await().until(() ->
                "spec.policy names no policy".equals(condition("Applied").get("message")));
    }

    @Test
    void laterSelectionByFqPolicyWinsOverAnAppliedGeneration() {
        apply("{policy: srpt}");
        await().until(() -> "srpt".equals(replica.scheduler.policy().name()));
        replica.scheduler.selectPolicy("las", Map.of());

        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(5))
                .until(() -> "las".equals(replica.scheduler.policy().name()));
    }

    @Test
    void actuatorThatCannotBeUsedIsAConditionBesideTheOther() {
        apply("{policy: srpt, actuator: quota}");

        await().until(() -> "False".equals(condition("Enforced").get("status")));
        assertThat(condition("Enforced").get("message")).asString().contains("quota cannot be used because");
        assertThat(condition("Applied").get("status")).isEqualTo("True");

        apply("{policy: srpt, actuator: dispatch}");
        await().until(() -> "True".equals(condition("Enforced").get("status")));
        assertThat(condition("Enforced").get("message")).isEqualTo("shares are enforced by dispatch");
    }

    @Test
    void reasonWhyWorkersAreNotLimitedIsTheConditionsReason() {
        Enforcer.Trouble trouble =
                new Enforcer.Trouble("Deferred", "worker-0 has 670m of 1000m: deferred: the node is full");

        assertThat(QuotaPolicyConditions.enforced(new Enforcer.View(Actuator.QUOTA, trouble, List.of())))
                .isEqualTo(new CustomResources.Condition("Enforced", "False", "Deferred", trouble.words()));
    }

    @Test
    void selectionByFqPolicyIsVisibleUntilTheNextGenerationWins() {
        apply("{policy: srpt}");
        await().until(() -> "True".equals(condition("Live").get("status")));
        assertThat(policy().get().<String>get("status", "livePolicy")).isEqualTo("srpt");
        assertThat(policy().get().<String>get("status", "actuator")).isEqualTo("dispatch");

        replica.scheduler.selectPolicy("las", Map.of());
        await().until(() -> "False".equals(condition("Live").get("status")));
        assertThat(condition("Live")).containsEntry("reason", "Overridden");
        assertThat(condition("Live").get("message"))
                .asString()
                .startsWith("las decides: fq policy (PUT /api/v1/policy)");
        assertThat(policy().get().<String>get("status", "livePolicy")).isEqualTo("las");
        assertThat(policy().get().<String>get("status", "policy")).isEqualTo("srpt");
        assertThat(condition("Applied").get("status")).isEqualTo("True");

        apply("{policy: srpt, budget: 300}");
        await().until(() -> "True".equals(condition("Live").get("status")));
        assertThat(api.events("video", "live"))
                .anyMatch(e -> e.startsWith("Applied: generation 1"))
                .anyMatch(e -> e.startsWith("Overridden: las decides"))
                .anyMatch(e -> e.startsWith("Live: srpt decides"));
    }

    @Test
    void parametersThatFqPolicyChangedAreNotLive() {
        apply("{policy: srpt}");
        await().until(() -> "True".equals(condition("Live").get("status")));

        replica.scheduler.selectPolicy("srpt", Map.of("preempt", "false"));

        await().until(() -> "False".equals(condition("Live").get("status")));
    }

    @Test
    void budgetThatTheReadyWorkersCannotUseIsNotFeasible() {
        apply("{policy: srpt, budget: 300}");
        await().until(() -> "NoWorkers".equals(condition("Feasible").get("reason")));

        await().until(() -> beats() && "True".equals(condition("Feasible").get("status")));

        apply("{policy: srpt, budget: 8000}");
        await().until(() -> beats() && "False".equals(condition("Feasible").get("status")));
        assertThat(condition("Feasible"))
                .containsEntry("reason", "BudgetAboveWorkers")
                .containsEntry(
                        "message",
                        "8000 millicores are more than the 2000 of the ready workers (1): the rest is ignored until"
                                + " more are ready");
        assertThat(api.events("video", "live")).anyMatch(e -> e.startsWith("BudgetAboveWorkers: 8000"));
    }

    @Test
    void resourceThatNobodyFollowsSaysSo() {
        apply("{policy: srpt}");
        create("second", Map.of(), "{policy: las}");
        create("others", Map.of("app.kubernetes.io/component", "scheduler"), "{policy: las}");

        await().until(() -> CustomResources.found(named("second"), "Applied") != null);

        assertThat(String.valueOf(CustomResources.found(named("second"), "Applied")))
                .contains("status=False", "reason=Ignored", "follows the QuotaPolicy live");
        assertThat(api.events("video", "second")).singleElement().asString().startsWith("Ignored: ");
        assertThat(CustomResources.found(named("others"), "Applied"))
                .as("the chart's own of another release")
                .isNull();
        assertThat(replica.scheduler.policy().name()).isEqualTo("srpt");
    }

    @Test
    void resourceSaysWhenNoneIsFollowed() {
        follower.stop(new ShutdownEvent());
        follower = new QuotaPolicyFollower(
                new FixedInstance<>(api.client), replica.scheduler, Optional.of("video"), Optional.empty());
        create("live", Map.of(), "{policy: las}");
        follower.start(new StartupEvent());

        await().until(() -> "Ignored".equals(condition("Applied").get("reason")));
        assertThat(condition("Applied").get("message")).asString().contains("policy.create=false");
    }

    @Test
    void timeOfTheLastTransitionStaysWhileTheStatusDoes() {
        apply("{policy: srpt}");
        await().until(() -> "True".equals(condition("Applied").get("status")));
        GenericKubernetesResource old = policy().get();
        @SuppressWarnings("unchecked")
        Map<String, Object> applied = (Map<String, Object>) CustomResources.found(old, "Applied");
        applied.put("lastTransitionTime", "2020-01-01T00:00:00Z");

        QuotaPolicyCustomResource.report(
                api.client,
                old,
                new QuotaPolicyCustomResource.Status(
                        "srpt",
                        "srpt",
                        "dispatch",
                        List.of(QuotaPolicyCustomResource.applied(true, "Applied", "again"))));

        assertThat(condition("Applied"))
                .containsEntry("message", "again")
                .containsEntry("lastTransitionTime", "2020-01-01T00:00:00Z");
    }

    @Test
    void generationThatAnEarlierLeaderRejectedStaysRejected() {
        apply("{policy: lottery}");
        await().until(() -> "False".equals(condition("Applied").get("status")));
        String rejected = String.valueOf(condition("Applied"));

        elected.set(false);
        await().until(() -> !replica.scheduler.leads());
        elected.set(true);
        await().until(replica.scheduler::leads);
        apply("{policy: srpt}");

        await().until(() -> "True".equals(condition("Applied").get("status")));
        assertThat(rejected).contains("no policy 'lottery'");
        assertThat(replica.scheduler.policy().name()).isEqualTo("srpt");
    }

    @Test
    void newLeaderAppliesTheActuatorAgainAndKeepsTheStoredPolicy() {
        apply("{policy: srpt, budget: 300, actuator: weight}");
        await().until(() -> "True".equals(condition("Applied").get("status")));
        replica.scheduler.selectPolicy("las", Map.of());
        follower.stop(new ShutdownEvent());
        replica.close();

        try (InMemoryScheduler next = new InMemoryScheduler("s-1", authority, new Elector())) {
            await().until(next.scheduler::leads);
            follower = follower(next);
            follower.start(new StartupEvent());

            await().until(() -> next.scheduler.selectedActuator() == Actuator.WEIGHT);
            assertThat(next.scheduler.policy().name()).isEqualTo("las");
        }
    }

    @Test
    void resourceThatIsCreatedAgainIsAppliedAlthoughItsGenerationIsTheSame() {
        apply("{policy: srpt}");
        await().until(() -> "srpt".equals(replica.scheduler.policy().name()));
        policy().delete();
        apply("{policy: las}");
        assertThat(policy().get().getMetadata().getGeneration()).isEqualTo(1);

        await().until(() -> "las".equals(replica.scheduler.policy().name()));
    }

    @Test
    void deletedResourceLeavesThePolicyInForce() {
        apply("{policy: srpt}");
        await().until(() -> "True".equals(condition("Applied").get("status")));
        policy().delete();

        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(3))
                .until(() -> "srpt".equals(replica.scheduler.policy().name()));
    }

    @Test
    void statusThatCouldNotBeWrittenIsWrittenLater() {
        api.fail("PATCH .*/status", 500, "away");
        apply("{policy: srpt}");
        await().until(() -> "srpt".equals(replica.scheduler.policy().name()));
        assertThat(condition("Applied")).isEmpty();

        api.recover();

        await().until(() -> "True".equals(condition("Applied").get("status")));
    }

    @Test
    void standbyAppliesNothing() {
        elected.set(false);
        await().until(() -> !replica.scheduler.leads());
        apply("{policy: srpt}");

        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(4))
                .until(() -> condition("Applied").isEmpty());
    }

    private QuotaPolicyFollower follower(InMemoryScheduler of) {
        return new QuotaPolicyFollower(
                new FixedInstance<>(api.client), of.scheduler, Optional.of("video"), Optional.of("live"));
    }

    /** A worker of two cores says that it is ready; true. */
    private boolean beats() {
        WorkerInfo info = new WorkerInfo(true, 2, Set.of("people"), "", "");
        replica.scheduler.observe(new DispatchEvent.Heartbeat(new WorkerId("w-0", "1"), 0, info, null, null));
        return true;
    }

    private void create(String name, Map<String, String> labels, String spec) {
        GenericKubernetesResource resource = resource(name, spec);
        resource.getMetadata().setLabels(labels);
        QuotaPolicyCustomResource.named(api.client, "video", name).create(resource);
    }

    private GenericKubernetesResource named(String name) {
        return QuotaPolicyCustomResource.named(api.client, "video", name).get();
    }

    private static GenericKubernetesResource resource(String name, String spec) {
        return Serialization.unmarshal(
                "apiVersion: framequota.io/v1alpha1\nkind: QuotaPolicy\nmetadata: {name: " + name
                        + ", namespace: video}\nspec: " + spec,
                GenericKubernetesResource.class);
    }

    private void apply(String spec) {
        GenericKubernetesResource resource = resource("live", spec);
        if (policy().get() == null) {
            policy().create(resource);
        } else {
            policy().patch(
                            PatchContext.of(PatchType.JSON),
                            "[{\"op\":\"replace\",\"path\":\"/spec\",\"value\":"
                                    + CustomResources.json(resource.get("spec")) + "}]");
        }
    }

    private Resource<GenericKubernetesResource> policy() {
        return QuotaPolicyCustomResource.named(api.client, "video", "live");
    }

    private Map<String, Object> condition(String type) {
        GenericKubernetesResource resource = policy().get();
        @Nullable List<Map<String, Object>> conditions = resource == null ? null : resource.get("status", "conditions");
        return conditions == null
                ? Map.of()
                : conditions.stream()
                        .filter(c -> type.equals(c.get("type")))
                        .findFirst()
                        .orElse(Map.of());
    }

    private final class Elector implements LeaderElector {
        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public void start(String name) {}

        @Override
        public boolean mayLead() {
            return elected.get();
        }

        @Override
        public boolean isStandby() {
            return !elected.get();
        }

        @Override
        public void close() {}
    }
}
