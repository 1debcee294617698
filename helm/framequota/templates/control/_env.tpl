{{- define "framequota.control.secret" -}}
{{ .Values.control.existingSecret | default (printf "%s-control" (include "framequota.fullname" .)) }}
{{- end -}}

{{/* Environment of ingest-service and scheduler only: the token by which they authenticate. */}}
{{- define "framequota.control.env" -}}
- name: FRAMEQUOTA_CONTROL_TOKEN
  valueFrom:
    secretKeyRef: {name: {{ include "framequota.control.secret" . }}, key: token}
{{- end -}}
