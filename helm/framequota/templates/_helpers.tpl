{{/* Names */}}
{{- define "framequota.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "framequota.fullname" -}}
{{- $name := include "framequota.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Selector labels of one component: (list $ "worker") */}}
{{- define "framequota.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "framequota.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* All labels of one component: (list $ "worker") */}}
{{- define "framequota.labels" -}}
{{- $root := index . 0 -}}
{{ include "framequota.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Metadata of an object: (list $ "component" "name suffix") */}}
{{- define "framequota.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "framequota.fullname" $root }}-{{ index . 2 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "framequota.labels" (list $root (index . 1)) | nindent 2 }}
{{- end -}}

{{/* Image of the project: (list $ "scheduler") */}}
{{- define "framequota.image" -}}
{{- $root := index . 0 -}}
{{- $image := $root.Values.image -}}
{{- printf "%s%s/%s:%s" (empty $image.registry | ternary "" (printf "%s/" $image.registry)) $image.repository (index . 1) (default $root.Chart.AppVersion $image.tag) -}}
{{- end -}}

{{- define "framequota.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Annotations of a component's pods, those of all pods and its own: (list $ $values) */}}
{{- define "framequota.podAnnotations" -}}
{{- with merge (dict) (index . 1).podAnnotations (index . 0).Values.podAnnotations -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/* Where a component's pods run, by its values: (list $ "component" $values) */}}
{{- define "framequota.placement" -}}
{{- $values := index . 2 -}}
{{- $own := dict "labelSelector" (dict "matchLabels" (include "framequota.selector" . | fromYaml)) -}}
{{- $constraints := list -}}
{{- with $values.topologySpread -}}
{{- if .enabled -}}
{{- $constraints = append $constraints (merge (omit . "enabled") $own) -}}
{{- end -}}
{{- end -}}
{{- range $values.topologySpreadConstraints -}}
{{- $constraints = append $constraints (hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own)) -}}
{{- end -}}
{{- $placement := dict "topologySpreadConstraints" $constraints -}}
{{- range list "priorityClassName" "runtimeClassName" "nodeSelector" "tolerations" "affinity" -}}
{{- $_ := set $placement . (get $values .) -}}
{{- end -}}
{{- range $key, $value := $placement -}}
{{- if not $value -}}
{{- $_ := unset $placement $key -}}
{{- end -}}
{{- end -}}
{{- with $placement -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/* A map or list from the values, to add to one of a pod's; nothing if it is empty: (list $values indentation) */}}
{{- define "framequota.extra" -}}
{{- with index . 0 -}}
{{- toYaml . | nindent (index $ 1) -}}
{{- end -}}
{{- end -}}

{{/* Security context of every pod and container of the project. */}}
{{- define "framequota.podSecurity" -}}
{{- toYaml .Values.podSecurityContext -}}
{{- end -}}

{{- define "framequota.containerSecurity" -}}
{{- toYaml .Values.securityContext -}}
{{- end -}}

{{/* Environment from a map of names to values. */}}
{{- define "framequota.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* The host names that the HTTP ports accept. */}}
{{- define "framequota.allowedHosts" -}}
{{- $names := list -}}
{{- range $component := list "ingest-service" "scheduler" "worker" -}}
{{- $service := printf "%s-%s" (include "framequota.fullname" $) $component -}}
{{- $names = concat $names (list $service (printf "%s.%s" $service $.Release.Namespace) (printf "%s.%s.svc" $service $.Release.Namespace) (printf "%s.%s.svc.cluster.local" $service $.Release.Namespace)) -}}
{{- end -}}
{{- $public := list -}}
{{- if .Values.ingress.enabled -}}
{{- range .Values.ingress.hosts -}}
{{- $public = append $public .host -}}
{{- end -}}
{{- end -}}
{{- range list .Values.route.http .Values.route.grpc -}}
{{- if .enabled -}}
{{- $public = concat $public .hostnames -}}
{{- end -}}
{{- end -}}
{{- range $public -}}
{{- $names = append $names (trimPrefix "*" .) -}}
{{- end -}}
- name: FRAMEQUOTA_ALLOWED_HOSTS
  value: {{ concat $names .Values.allowedHosts | uniq | join "," | quote }}
{{- end -}}

{{/* Probes of a Quarkus service on its port "http"; the argument is the path of the readiness probe. */}}
{{- define "framequota.probes" -}}
startupProbe:
  httpGet: {path: /q/health/started, port: http}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 90
livenessProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: {{ . }}, port: http}
  periodSeconds: 3
  timeoutSeconds: 3
  failureThreshold: 3
{{- end -}}

{{/* Millicores of a CPU quantity: 500m, 2, 1.5 */}}
{{- define "framequota.milli" -}}
{{- $cpu := toString . -}}
{{- if hasSuffix "m" $cpu -}}
{{- trimSuffix "m" $cpu | int -}}
{{- else -}}
{{- mulf (float64 $cpu) 1000.0 | int -}}
{{- end -}}
{{- end -}}

{{/* Bytes of a memory quantity. */}}
{{- define "framequota.bytes" -}}
{{- $memory := toString . -}}
{{- $factors := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 -}}
{{- $number := regexFind "^[0-9.]+" $memory -}}
{{- $unit := trimPrefix $number $memory -}}
{{- mulf (float64 $number) (float64 (get $factors $unit | default 1)) | int64 -}}
{{- end -}}

{{/* Maximum number of workers. */}}
{{- define "framequota.maxWorkers" -}}
{{- ternary .Values.worker.replicas .Values.worker.autoscaling.maxReplicas (eq .Values.worker.autoscaling.type "none") | int -}}
{{- end -}}

{{/* Whether an actuator resizes pods, each of which needs compute of its own. */}}
{{- define "framequota.resizes" -}}
{{- has . (list "quota" "weight") | ternary "true" "" -}}
{{- end -}}

{{/* The effective actuator: clusters before Kubernetes 1.33 cannot resize pods in place, so the scheduler uses dispatch. */}}
{{- define "framequota.actuator" -}}
{{- if and (include "framequota.resizes" .Values.scheduler.actuator) (semverCompare "<1.33.0-0" .Capabilities.KubeVersion.Version) -}}
dispatch
{{- else -}}
{{- .Values.scheduler.actuator -}}
{{- end -}}
{{- end -}}

{{/* The millicores of one worker: its request where pods are resized, otherwise its cores. */}}
{{- define "framequota.workerMillicores" -}}
{{- if include "framequota.resizes" (include "framequota.actuator" .) -}}
{{- include "framequota.milli" .Values.worker.compute.cpu -}}
{{- else -}}
{{- mul 1000 (int .Values.worker.compute.cores) -}}
{{- end -}}
{{- end -}}

{{/* The CPU budget in millicores: by default the sum of the workers' requests, or the sum of their cores where pods are not resized. */}}
{{- define "framequota.budget" -}}
{{- if .Values.scheduler.budget -}}
{{- .Values.scheduler.budget | int -}}
{{- else -}}
{{- mul (include "framequota.maxWorkers" .) (include "framequota.workerMillicores" .) -}}
{{- end -}}
{{- end -}}

{{/* Whether a QuotaPolicy can be created: Helm installs its definition only with the first install; later it must be in the cluster. */}}
{{- define "framequota.quotaPolicy" -}}
{{- $known := .Capabilities.APIVersions.Has "framequota.io/v1alpha1/QuotaPolicy" -}}
{{- $brought := and .Release.IsInstall (.Files.Get "crds/quotapolicies.yaml") -}}
{{- if and .Values.policy.create (or $known $brought) -}}
true
{{- end -}}
{{- end -}}

{{/* Whether each worker has compute of its own, which can have a quota. */}}
{{- define "framequota.ownCompute" -}}
{{- has .Values.compute.mode (list "embedded" "sidecar") | ternary "true" "" -}}
{{- end -}}
