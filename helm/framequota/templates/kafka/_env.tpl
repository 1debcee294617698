{{/* Bootstrap addresses for clients of the broker. */}}
{{- define "framequota.kafka.bootstrap" -}}
{{- if eq .Values.kafka.mode "bundled" -}}
{{ include "framequota.fullname" . }}-kafka:9092
{{- else if eq .Values.kafka.mode "strimzi" -}}
{{ include "framequota.fullname" . }}-kafka-bootstrap:9092
{{- else -}}
{{ .Values.kafka.external.bootstrapServers }}
{{- end -}}
{{- end -}}

{{/* Environment of every client of the broker: kafka.* properties as environment variables. */}}
{{- define "framequota.kafka.env" -}}
- name: KAFKA_BOOTSTRAP_SERVERS
  value: {{ include "framequota.kafka.bootstrap" . | quote }}
{{- if eq .Values.kafka.mode "external" }}
{{- $external := .Values.kafka.external }}
{{- if ne $external.securityProtocol "PLAINTEXT" }}
- name: KAFKA_SECURITY_PROTOCOL
  value: {{ $external.securityProtocol }}
{{- end }}
{{- if hasPrefix "SASL_" $external.securityProtocol }}
- name: KAFKA_SASL_MECHANISM
  value: {{ $external.sasl.mechanism }}
- name: KAFKA_SASL_JAAS_CONFIG
  valueFrom:
    secretKeyRef:
      name: {{ $external.sasl.existingSecret }}
      key: sasl.jaas.config
{{- end }}
{{- with $external.tls.existingSecret }}
- name: KAFKA_SSL_TRUSTSTORE_TYPE
  value: PEM
- name: KAFKA_SSL_TRUSTSTORE_CERTIFICATES
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{/* Strimzi's API: v1, which it has since 0.49 and alone since 1.0; v1beta2 where its operator has no other. What is used here is the
     same in both. */}}
{{- define "framequota.strimzi.api" -}}
{{- $old := and (.Capabilities.APIVersions.Has "kafka.strimzi.io/v1beta2") (not (.Capabilities.APIVersions.Has "kafka.strimzi.io/v1")) -}}
kafka.strimzi.io/{{ ternary "v1beta2" "v1" $old }}
{{- end -}}
