{{- define "weir.name" -}}
{{- if contains "weir" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-weir{{ end }}
{{- end }}

{{- define "weir.selector" -}}
app.kubernetes.io/name: weir
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "weir.labels" -}}
{{ include "weir.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Two nodes to join through; the rest they tell. */}}
{{- define "weir.seeds" -}}
{{- $nodes := printf "%s-nodes" (include "weir.name" .) -}}
{{- $seeds := list -}}
{{- range $i := until (min 2 (int .Values.replicas) | int) -}}
{{- $seeds = append $seeds (printf "%s-%d.%s:7400" (include "weir.name" $) $i $nodes) -}}
{{- end -}}
{{- join "," $seeds -}}
{{- end }}

{{- define "weir.probe" -}}
httpGet:
  path: {{ .path }}
  port: clients
  scheme: {{ if .tls }}HTTPS{{ else }}HTTP{{ end }}
{{- end }}
