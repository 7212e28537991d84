# bash completion for {{.Name}}; made of its grammar
{{.Function}}() {
  local cur=$2 prev=$3 at= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at/${COMP_WORDS[i]}" in
      {{range $n, $p := .Places}}{{if $p.Path}}{{if gt $n 1}} | {{end}}{{$p.Path}}{{end}}{{end}}) at+=/${COMP_WORDS[i]} ;;
    esac
  done
  # bash makes three words of --flag=value
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
  case "$at $prev" in
{{- range $p := .Places}}{{range .Flags}}{{if .Value}}
    '{{$p.Path}} --{{.Name}}') {{if .Values}}COMPREPLY=($(compgen -W '{{join .Values " "}}' -- "$cur")){{else if .File}}compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"){{else}}:{{end}}; return ;;
{{- end}}{{end}}{{end}}
  esac
  local words= files=
  case "$at" in
{{- range .Places}}
    {{quote .Path}}) words='{{range .Commands}}{{.Name}} {{end}}'{{if .Files}} files=1{{end}}
      [[ $cur != -* ]] || words='{{range .Flags}}--{{.Name}} {{end}}' ;;
{{- end}}
  esac
  if [[ $files && $cur != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -F {{.Function}} {{.Name}}
