# fish completion for {{.Name}}; made of its grammar
function _{{.Function}}_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    contains -- "$at/$word"{{range .Places}}{{if .Path}} {{.Path}}{{end}}{{end}}
    and set at "$at/$word"
  end
  test "$at" = "$argv[1]"
end
complete -c {{.Name}} -f
{{- $all := .}}
{{- range $p := .Places}}{{$at := quote (printf "_%s_at '%s'" $all.Function .Path)}}
{{- range .Commands}}
complete -c {{$all.Name}} -n {{$at}} -a {{.Name}} -d {{quote .Help}}
{{- end}}
{{- range .Flags}}
complete -c {{$all.Name}} -n {{$at}} -l {{.Name}}{{if .Values}} -x -a {{quote (join .Values " ")}}{{else if .File}} -r -F{{else if .Value}} -x{{end}} -d {{quote .Help}}
{{- end}}
{{- if .Files}}
complete -c {{$all.Name}} -n {{$at}} -F
{{- end}}
{{- end}}
