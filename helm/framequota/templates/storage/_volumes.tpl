{{/*
What holds a component's data: (list $ "suffix of the claim's name" $persistence) -> claim, existing, hostPath or emptyDir.
A claim that is there stays in use, whatever became of the default StorageClass since.
*/}}
{{- define "framequota.volumeKind" -}}
{{- $root := index . 0 -}}
{{- $claim := printf "%s-%s" (include "framequota.fullname" $root) (index . 1) -}}
{{- $persistence := index . 2 -}}
{{- $enabled := toString $persistence.enabled -}}
{{- if $persistence.existingClaim -}}
existing
{{- else if $persistence.hostPath -}}
hostPath
{{- else if eq $enabled "true" -}}
claim
{{- else if eq $enabled "false" -}}
emptyDir
{{- else if or $persistence.storageClass (lookup "v1" "PersistentVolumeClaim" $root.Release.Namespace $claim) (include "framequota.defaultStorageClass" $root) -}}
claim
{{- else -}}
emptyDir
{{- end -}}
{{- end -}}

{{/* Name of the cluster's default StorageClass; empty if there is none, or no cluster is accessible. */}}
{{- define "framequota.defaultStorageClass" -}}
{{- range (lookup "storage.k8s.io/v1" "StorageClass" "" "").items -}}
{{- if eq (get (.metadata.annotations | default dict) "storageclass.kubernetes.io/is-default-class") "true" -}}
{{ .metadata.name }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The volume "data" of a pod: same arguments. */}}
{{- define "framequota.volume" -}}
{{- $root := index . 0 -}}
{{- $persistence := index . 2 -}}
{{- $kind := include "framequota.volumeKind" . -}}
- name: data
  {{- if eq $kind "existing" }}
  persistentVolumeClaim:
    claimName: {{ $persistence.existingClaim }}
  {{- else if eq $kind "hostPath" }}
  hostPath:
    path: {{ $persistence.hostPath }}
    type: Directory
  {{- else if eq $kind "claim" }}
  persistentVolumeClaim:
    claimName: {{ include "framequota.fullname" $root }}-{{ index . 1 }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end -}}

{{/* The claim of a component, if the chart creates one: (list $ "suffix" $persistence "component") */}}
{{- define "framequota.claim" -}}
{{- $root := index . 0 -}}
{{- $persistence := index . 2 -}}
{{- if eq (include "framequota.volumeKind" .) "claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "framequota.metadata" (list $root (index . 3) (index . 1)) | nindent 2 }}
  annotations:
    # Keep the data when the release is uninstalled.
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with $persistence.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ $persistence.size }}
{{- end }}
{{- end -}}
