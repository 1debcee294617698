{{/* A NetworkPolicy peer, the pods of one component: (list $ "worker") */}}
{{- define "framequota.peer" -}}
- podSelector:
    matchLabels:
      {{- include "framequota.selector" . | nindent 6 }}
{{- end -}}

{{/* Start of a NetworkPolicy for one component: (list $ "worker") */}}
{{- define "framequota.policyFor" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "framequota.metadata" (list (index . 0) (index . 1) (index . 1)) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "framequota.selector" . | nindent 6 }}
{{- end -}}

{{- define "framequota.dns" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end -}}
