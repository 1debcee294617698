{{/* Name of the Secret with the keys whose jobs are made at their first publish; empty when there are none. */}}
{{- define "framequota.rtmp.secret" -}}
{{- $rtmp := .Values.ingest.rtmp -}}
{{- if $rtmp.enabled -}}
{{- if $rtmp.existingSecret -}}
{{ $rtmp.existingSecret }}
{{- else if $rtmp.keys -}}
{{ include "framequota.fullname" . }}-live-keys
{{- end -}}
{{- end -}}
{{- end -}}
