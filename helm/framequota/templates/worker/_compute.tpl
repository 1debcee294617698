{{/* The computing container of a worker: our inference server or a Triton. It has quotas and therefore no probes. */}}
{{- define "framequota.compute.container" -}}
{{- $compute := .Values.worker.compute -}}
- name: inference-server
  {{- if eq .Values.compute.mode "embedded" }}
  image: {{ include "framequota.image" (list . "inference-server") }}
  args:
    - --port
    - "8001"
    - --cores
    - {{ $compute.cores | quote }}
    - --pictures
    - 8-bit
    {{- if .Values.models.volume }}
    - --model-repository
    - /models
    {{- end }}
  {{- else }}
  image: {{ .Values.compute.triton.image.repository }}:{{ .Values.compute.triton.image.tag }}
  args:
    {{- include "framequota.triton.args" (list . "127.0.0.1") | nindent 4 }}
  {{- end }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  securityContext:
    {{- include "framequota.containerSecurity" . | nindent 4 }}
  # Stop after the inference-service container, which may need it to finish its chunk. The image has no shell, so the kubelet sleeps.
  lifecycle:
    preStop:
      sleep:
        seconds: {{ include "framequota.leaveSeconds" . }}
  # CPU is resized without a restart; memory is not resized.
  resizePolicy:
    - {resourceName: cpu, restartPolicy: NotRequired}
    - {resourceName: memory, restartPolicy: RestartContainer}
  resources:
    requests:
      cpu: {{ $compute.cpu | quote }}
      memory: {{ $compute.memory }}
      {{- with $compute.extendedResources }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    limits:
      cpu: {{ include "framequota.compute.limit" . | quote }}
      memory: {{ $compute.memoryLimit }}
      {{- with $compute.extendedResources }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
  volumeMounts:
    - {name: shared-memory, mountPath: /dev/shm}
    - {name: tmp-server, mountPath: /tmp}
    {{- include "framequota.models.mount" . | nindent 4 }}
{{- end -}}

{{/* CPU limit of a worker's compute: with quotas the request; else all cores, because a scheduler without the right to resize pods could not raise it. */}}
{{- define "framequota.compute.limit" -}}
{{- eq (include "framequota.actuator" .) "quota" | ternary .Values.worker.compute.cpu .Values.worker.compute.cores -}}
{{- end -}}

{{/* Arguments of a Triton that listens on an address: (list $ "0.0.0.0") */}}
{{- define "framequota.triton.args" -}}
{{- $root := index . 0 -}}
- tritonserver
- --model-repository=/models
- --grpc-address={{ index . 1 }}
- --grpc-port=8001
- --allow-http=false
- --allow-metrics=false
{{- range $root.Values.compute.triton.args }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Seconds that a stopping worker's compute keeps running: the leave time and one more. */}}
{{- define "framequota.leaveSeconds" -}}
{{- add 1 (div (add (int .Values.worker.leaveMs) 999) 1000) -}}
{{- end -}}

{{/* Address of a worker's inference server. */}}
{{- define "framequota.compute.address" -}}
{{- if include "framequota.ownCompute" . -}}
127.0.0.1:8001
{{- else if eq .Values.compute.mode "shared" -}}
{{ include "framequota.fullname" . }}-triton:8001
{{- else -}}
{{ .Values.compute.triton.address }}
{{- end -}}
{{- end -}}

{{- define "framequota.models.mount" -}}
{{- if .Values.models.volume }}
- {name: models, mountPath: /models, readOnly: true}
{{- end }}
{{- end -}}

{{- define "framequota.models.volume" -}}
{{- with .Values.models.volume }}
- name: models
  {{- with .persistentVolumeClaim }}
  persistentVolumeClaim:
    claimName: {{ . }}
    readOnly: true
  {{- end }}
  {{- with .hostPath }}
  hostPath:
    path: {{ . }}
    type: Directory
  {{- end }}
  {{- with .configMap }}
  configMap:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}
