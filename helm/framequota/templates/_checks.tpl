{{/* Refuses contradictory values. Each message says what to change. */}}
{{- define "framequota.checks" -}}
{{- $v := .Values -}}
{{- if and (include "framequota.resizes" $v.scheduler.actuator) (not (include "framequota.ownCompute" .)) -}}
{{- fail (printf "scheduler.actuator=%s needs compute that belongs to one worker, and compute.mode=%s does not give it: set scheduler.actuator=dispatch or gpu-time, or compute.mode=embedded or sidecar" $v.scheduler.actuator $v.compute.mode) -}}
{{- end -}}
{{- if hasPrefix "gpu-time" $v.scheduler.actuator -}}
{{- if include "framequota.ownCompute" . -}}
{{- fail (printf "scheduler.actuator=%s divides a Triton that all workers use, and with compute.mode=%s each has its own server: set compute.mode=shared or external, or scheduler.actuator=quota" $v.scheduler.actuator $v.compute.mode) -}}
{{- end -}}
{{- if and (eq $v.compute.mode "shared") (gt (int $v.compute.triton.shared.replicas) 1) -}}
{{- fail (printf "scheduler.actuator=%s takes the Tritons behind one Service for one, and compute.triton.shared.replicas is %d: set it to 1, or scheduler.actuator=dispatch" $v.scheduler.actuator (int $v.compute.triton.shared.replicas)) -}}
{{- end -}}
{{- end -}}
{{- if and (has $v.compute.mode (list "sidecar" "shared")) (or (empty $v.compute.triton.image.repository) (empty $v.compute.triton.image.tag)) -}}
{{- fail (printf "compute.mode=%s needs compute.triton.image.repository and compute.triton.image.tag: name a Triton image that your nodes can pull" $v.compute.mode) -}}
{{- end -}}
{{- if and (eq $v.compute.mode "external") (empty $v.compute.triton.address) -}}
{{- fail "compute.mode=external needs compute.triton.address: set it to host:port of Triton's gRPC service" -}}
{{- end -}}
{{- if and (ne $v.compute.mode "external") $v.compute.triton.address -}}
{{- fail (printf "compute.triton.address is for compute.mode=external, and compute.mode is %s: remove one of them" $v.compute.mode) -}}
{{- end -}}
{{- if and (has $v.compute.mode (list "sidecar" "shared")) (empty $v.models.volume) -}}
{{- fail (printf "compute.mode=%s needs models.volume: Triton has no built-in models" $v.compute.mode) -}}
{{- end -}}
{{- if gt (len $v.models.volume) 1 -}}
{{- fail (printf "models.volume names %s: give one of them" (keys $v.models.volume | sortAlpha | join " and ")) -}}
{{- end -}}
{{- if and (eq $v.scheduling.placement "framequota") (hasKey $v.models.volume "persistentVolumeClaim") -}}
{{- fail "scheduling.placement=framequota does not bind pods with a PersistentVolumeClaim: where its volume may be mounted only the stock scheduler knows; set scheduling.placement=stock, or bring the models as a hostPath or configMap" -}}
{{- end -}}
{{- if and (eq $v.kafka.mode "external") (empty $v.kafka.external.bootstrapServers) -}}
{{- fail "kafka.mode=external needs kafka.external.bootstrapServers: set it to host:port, comma-separated" -}}
{{- end -}}
{{- if and (ne $v.kafka.mode "external") $v.kafka.external.bootstrapServers -}}
{{- fail (printf "kafka.external.bootstrapServers is for kafka.mode=external, and kafka.mode is %s: remove one of them" $v.kafka.mode) -}}
{{- end -}}
{{- if and (eq $v.kafka.mode "external") (hasPrefix "SASL_" $v.kafka.external.securityProtocol) (or (empty $v.kafka.external.sasl.mechanism) (empty $v.kafka.external.sasl.existingSecret)) -}}
{{- fail (printf "kafka.external.securityProtocol=%s needs kafka.external.sasl.mechanism and kafka.external.sasl.existingSecret" $v.kafka.external.securityProtocol) -}}
{{- end -}}
{{- if and $v.kafka.external.tls.existingSecret (not (hasSuffix "SSL" $v.kafka.external.securityProtocol)) -}}
{{- fail (printf "kafka.external.tls.existingSecret has no effect with kafka.external.securityProtocol=%s: set SSL or SASL_SSL" $v.kafka.external.securityProtocol) -}}
{{- end -}}
{{- if and (eq $v.kafka.mode "strimzi") (gt (int $v.kafka.strimzi.replicationFactor) (int $v.kafka.strimzi.replicas)) -}}
{{- fail (printf "kafka.strimzi.replicationFactor=%d is more than kafka.strimzi.replicas=%d brokers can hold" (int $v.kafka.strimzi.replicationFactor) (int $v.kafka.strimzi.replicas)) -}}
{{- end -}}
{{- if and (eq $v.postgresql.mode "external") (or (empty $v.postgresql.external.jdbcUrl) (empty $v.postgresql.external.existingSecret)) -}}
{{- fail "postgresql.mode=external needs postgresql.external.jdbcUrl and postgresql.external.existingSecret (keys username and password)" -}}
{{- end -}}
{{- if ge (int64 (include "framequota.bytes" $v.worker.compute.memory)) (int64 (include "framequota.bytes" $v.worker.compute.memoryLimit)) -}}
{{- fail (printf "worker.compute.memory=%s has to be below worker.compute.memoryLimit=%s: equal ones could make the pod Guaranteed, whose CPU request and limit are not free to move" $v.worker.compute.memory $v.worker.compute.memoryLimit) -}}
{{- end -}}
{{- $share := int (include "framequota.milli" $v.worker.compute.cpu) -}}
{{- if or (lt $share 10) (ne (mod $share 10) 0) -}}
{{- fail (printf "worker.compute.cpu=%s: quotas are multiples of 10m, from 10m up" (toString $v.worker.compute.cpu)) -}}
{{- end -}}
{{- if gt $share (mul 1000 (int $v.worker.compute.cores)) -}}
{{- fail (printf "worker.compute.cpu=%s is more than worker.compute.cores=%d can use: raise cores" (toString $v.worker.compute.cpu) (int $v.worker.compute.cores)) -}}
{{- end -}}
{{- if and $v.serviceMonitor.enabled $v.networkPolicy.enabled (empty $v.networkPolicy.metricsFrom) -}}
{{- fail "serviceMonitor.enabled needs networkPolicy.metricsFrom, or Prometheus cannot reach what it is to scrape: name its pods, such as {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}, or set networkPolicy.enabled=false" -}}
{{- end -}}
{{- if and $v.ingress.enabled (empty $v.ingress.hosts) -}}
{{- fail "ingress.enabled needs ingress.hosts: requests with other host names are refused" -}}
{{- end -}}
{{- range $name, $route := $v.route -}}
{{- if and $route.enabled (empty $route.parentRefs) -}}
{{- fail (printf "route.%s.enabled needs route.%s.parentRefs: the gateways to which the route belongs" $name $name) -}}
{{- end -}}
{{- end -}}
{{- if and $v.route.rtmp.enabled (not $v.ingest.rtmp.enabled) -}}
{{- fail "route.rtmp.enabled needs ingest.rtmp.enabled: nothing listens for streams otherwise" -}}
{{- end -}}
{{- $scaling := $v.worker.autoscaling -}}
{{- if ne $scaling.type "none" -}}
{{- if $v.scheduling.gang -}}
{{- fail (printf "scheduling.gang starts a number of workers together, and worker.autoscaling.type=%s changes it: switch one of them off" $scaling.type) -}}
{{- end -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- fail (printf "worker.autoscaling.minReplicas=%d is more than maxReplicas=%d" (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq $scaling.type "keda") (empty $scaling.keda.prometheus) -}}
{{- fail "worker.autoscaling.type=keda needs worker.autoscaling.keda.prometheus: the address of your Prometheus" -}}
{{- end -}}
{{- end -}}
{{- end -}}
