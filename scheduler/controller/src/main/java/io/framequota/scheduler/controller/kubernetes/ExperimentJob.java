package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.List;
import java.util.Map;

/**
 * Creates the Job that runs an experiment with {@code fq}, and the ConfigMap with its file. The Experiment owns both, so they are
 * deleted with it.
 *
 * @param image with {@code fq}
 * @param pullPolicy of the image, also for the pods that {@code fq} creates
 * @param serviceAccount that may create pods, connect to them and resize them
 */
record ExperimentJob(String image, String pullPolicy, String serviceAccount) {
    static final String FILE = "experiment.yaml";
    private static final String FOLDER = "/experiment";
    private static final long DEADLINE_S = 6L * 3600;
    private static final long NOBODY = 65532;

    /** Contains the file, and later the report. */
    ConfigMap files(GenericKubernetesResource experiment) {
        return new ConfigMapBuilder()
                .withMetadata(metadata(experiment))
                .addToData(FILE, ExperimentCustomResource.file(experiment))
                .build();
    }

    Job job(GenericKubernetesResource experiment) {
        String name = ExperimentCustomResource.run(experiment);
        return new JobBuilder()
                .withMetadata(metadata(experiment))
                .withNewSpec()
                // A retry would be another measurement.
                .withBackoffLimit(0)
                .withActiveDeadlineSeconds(DEADLINE_S)
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels(experiment))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withServiceAccountName(serviceAccount)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(NOBODY)
                .withRunAsGroup(NOBODY)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("fq")
                .withImage(image)
                .withImagePullPolicy(pullPolicy)
                .withArgs(arguments(experiment, name))
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withNewResources()
                .addToRequests("cpu", new Quantity("50m"))
                .addToRequests("memory", new Quantity("256Mi"))
                .addToLimits("memory", new Quantity("512Mi"))
                .endResources()
                .withNewSecurityContext()
                .withReadOnlyRootFilesystem(true)
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("file")
                .withMountPath(FOLDER)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("file")
                .withNewConfigMap()
                .withName(name)
                .withItems(new KeyToPath(FILE, null, FILE))
                .endConfigMap()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private List<String> arguments(GenericKubernetesResource experiment, String name) {
        return List.of(
                "experiment",
                "run",
                FOLDER + "/" + FILE,
                "--on",
                ExperimentCustomResource.backend(experiment),
                "--repeat",
                Integer.toString(ExperimentCustomResource.repeat(experiment)),
                "--namespace",
                experiment.getMetadata().getNamespace(),
                "--image",
                image,
                "--pull-policy",
                pullPolicy,
                "--service-account",
                serviceAccount,
                "--config-map",
                name,
                "-o",
                "/tmp/report");
    }

    private static ObjectMeta metadata(GenericKubernetesResource experiment) {
        return new ObjectMetaBuilder()
                .withNamespace(experiment.getMetadata().getNamespace())
                .withName(ExperimentCustomResource.run(experiment))
                .withLabels(labels(experiment))
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(experiment.getApiVersion())
                        .withKind(experiment.getKind())
                        .withName(experiment.getMetadata().getName())
                        .withUid(experiment.getMetadata().getUid())
                        .withController(true)
                        .build())
                .build();
    }

    private static Map<String, String> labels(GenericKubernetesResource experiment) {
        return Map.of(
                "app.kubernetes.io/name", "framequota-experiment",
                "app.kubernetes.io/managed-by", "framequota",
                "framequota.io/experiment", experiment.getMetadata().getName());
    }
}
