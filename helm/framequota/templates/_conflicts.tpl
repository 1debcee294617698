{{/*
Refuses an upgrade that Kubernetes would refuse in the middle: it changes a field that another client owns, such as a policy or a number
of replicas that kubectl has changed. Helm applies objects one after the other, so that those in front would be changed already. Only
where Helm applies on the server's side; elsewhere nothing is refused. Fields with the same value are no conflict.
*/}}
{{- define "framequota.conflicts" -}}
{{- if and .Release.IsUpgrade (not .Values.forceConflicts) -}}
{{- range list "scheduler/quotapolicy.yaml" "worker/statefulset.yaml" "scheduler/deployment.yaml" "ingest/deployment.yaml" "ingest/service.yaml" "kafka/bundled.yaml" "postgresql/bundled.yaml" "triton/triton.yaml" -}}
{{- range splitList "\n---\n" (include (printf "%s/%s" $.Template.BasePath .) $) -}}
{{- $wanted := fromYaml . -}}
{{- if $wanted.kind -}}
{{- $there := lookup $wanted.apiVersion $wanted.kind $wanted.metadata.namespace $wanted.metadata.name -}}
{{- $entries := dig "metadata" "managedFields" (list) $there -}}
{{- /* Helm's own name among the clients, which is another one in each tool: who set the release's annotation. */ -}}
{{- $own := "" -}}
{{- range $entries -}}
{{- if and (eq .operation "Apply") (dig "f:metadata" "f:annotations" "f:meta.helm.sh/release-name" nil .fieldsV1 | kindIs "map") -}}
{{- $own = .manager -}}
{{- end -}}
{{- end -}}
{{- if $own -}}
{{- range $entries -}}
{{- if ne .manager $own -}}
{{- include "framequota.conflict" (list .fieldsV1 $wanted $there "" (dict "object" (printf "%s %s" $wanted.kind $wanted.metadata.name) "manager" .manager)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Compares what another client owns: (list $fields $wanted $there "path" $names) */}}
{{- define "framequota.conflict" -}}
{{- $wanted := index . 1 -}}
{{- $there := index . 2 -}}
{{- $path := index . 3 -}}
{{- $names := index . 4 -}}
{{- range $field, $below := index . 0 -}}
{{- $key := regexReplaceAll "^[fk]:" $field "" -}}
{{- $a := "" -}}
{{- $b := "" -}}
{{- $known := false -}}
{{- if and (hasPrefix "f:" $field) (kindIs "map" $wanted) (kindIs "map" $there) -}}
{{- if and (hasKey $wanted $key) (hasKey $there $key) -}}
{{- $known = true -}}
{{- $a = get $wanted $key -}}
{{- $b = get $there $key -}}
{{- end -}}
{{- else if and (hasPrefix "k:" $field) (kindIs "slice" $wanted) (kindIs "slice" $there) -}}
{{- $keys := fromJson $key -}}
{{- range $wanted -}}
{{- if eq (toJson (pick . (keys $keys | first))) (toJson $keys) -}}
{{- $known = true -}}
{{- $a = . -}}
{{- end -}}
{{- end -}}
{{- range $there -}}
{{- if eq (toJson (pick . (keys $keys | first))) (toJson $keys) -}}
{{- $b = . -}}
{{- end -}}
{{- end -}}
{{- $key = values $keys | first | toString -}}
{{- end -}}
{{- if $known -}}
{{- $at := empty $path | ternary $key (printf "%s.%s" $path $key) -}}
{{- if $below -}}
{{- include "framequota.conflict" (list $below $a $b $at $names) -}}
{{- else if ne (toJson $a) (toJson $b) -}}
{{- fail (printf "%s: %s has set %s to %s, and this upgrade to %s: nothing was changed; give the value that is there, or forceConflicts=true with helm upgrade --force-conflicts" $names.object $names.manager $at (toJson $b) (toJson $a)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
