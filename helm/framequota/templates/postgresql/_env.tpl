{{- define "framequota.postgresql.secret" -}}
{{ .Values.postgresql.bundled.existingSecret | default (printf "%s-postgresql" (include "framequota.fullname" .)) }}
{{- end -}}

{{/* Environment of ingest-service, the database's only client. */}}
{{- define "framequota.postgresql.env" -}}
{{- $external := .Values.postgresql.external -}}
{{- if eq .Values.postgresql.mode "external" -}}
- name: QUARKUS_DATASOURCE_JDBC_URL
  value: {{ $external.jdbcUrl | quote }}
- name: QUARKUS_DATASOURCE_USERNAME
  valueFrom:
    secretKeyRef: {name: {{ $external.existingSecret }}, key: username}
- name: QUARKUS_DATASOURCE_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ $external.existingSecret }}, key: password}
{{- else -}}
- name: QUARKUS_DATASOURCE_JDBC_URL
  value: jdbc:postgresql://{{ include "framequota.fullname" . }}-postgresql:5432/postgres
- name: QUARKUS_DATASOURCE_USERNAME
  value: postgres
- name: QUARKUS_DATASOURCE_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ include "framequota.postgresql.secret" . }}, key: password}
{{- end }}
{{- end -}}
