#compdef {{.Name}}
# zsh completion for {{.Name}}; made of its grammar
local at= i
local -i said=1
for ((i = 2; i < CURRENT; i++)); do
  case "$at/${words[i]}" in
    ({{range $n, $p := .Places}}{{if $p.Path}}{{if gt $n 1}}|{{end}}{{$p.Path}}{{end}}{{end}}) at+=/${words[i]}; said=i ;;
  esac
done
# From here on, what counts is what was said to the command
shift $((said - 1)) words
((CURRENT -= said - 1))
local -a commands flags
case $at in
{{- range .Places}}
  ({{quote .Path}})
    commands=({{range .Commands}}{{quote (printf "%s:%s" .Name .Help)}} {{end}})
    flags=({{range .Flags}}
      {{quote (printf "--%s" .Name)}}{{if .Value}}{{quote "="}}{{end}}{{quote (bracketed .Help)}}{{if .Values}}{{quote (printf ":value:(%s)" (join .Values " "))}}{{else if .File}}':file:_files'{{else if .Value}}':value: '{{end}}
    {{- end}})
    {{if .Files}}flags+=('*:file:_files'){{end}} ;;
{{- end}}
esac
if ((${#commands} && CURRENT == 2)) && [[ $PREFIX != -* ]]; then
  _describe -t commands command commands
else
  _arguments $flags
fi
