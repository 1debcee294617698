{{- define "framequota.access.secret" -}}
{{ .Values.auth.existingSecret | default (printf "%s-access" (include "framequota.fullname" .)) }}
{{- end -}}

{{/* Environment of ingest-service only: who is asked for a key, and the keys that are not in the database. */}}
{{- define "framequota.access.env" -}}
- name: FRAMEQUOTA_AUTH
  value: {{ .Values.auth.mode | quote }}
{{- if eq .Values.auth.mode "keys" }}
- name: FRAMEQUOTA_ADMIN_KEY
  valueFrom:
    secretKeyRef: {name: {{ include "framequota.access.secret" . }}, key: admin-key}
- name: FRAMEQUOTA_METRICS_KEY
  valueFrom:
    secretKeyRef: {name: {{ include "framequota.access.secret" . }}, key: metrics-key, optional: true}
{{- end }}
{{- with .Values.auth.tenantOpenJobs }}
- name: FRAMEQUOTA_TENANT_OPEN_JOBS
  value: {{ . | quote }}
{{- end }}
{{- with .Values.auth.tenantUploadBytes }}
- name: FRAMEQUOTA_TENANT_UPLOAD_BYTES
  value: {{ . | quote }}
{{- end }}
{{- with .Values.auth.keyRequestsPerSecond }}
- name: FRAMEQUOTA_KEY_REQUESTS_PER_SECOND
  value: {{ . | quote }}
{{- end }}
{{- end -}}
