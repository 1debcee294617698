{{- define "framequota.control.secret" -}}
{{ .Values.control.existingSecret | default (printf "%s-control" (include "framequota.fullname" .)) }}
{{- end -}}

{{/* Environment of ingest-service and of the scheduler alone: how one knows the other. */}}
{{- define "framequota.control.env" -}}
- name: FRAMEQUOTA_CONTROL_TOKEN
  valueFrom:
    secretKeyRef: {name: {{ include "framequota.control.secret" . }}, key: token}
{{- end -}}
