package config

import (
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/sparekey/sparekey/app"
)

// Lines tells in which line a key is written.
type Lines map[string]int

// Of gives a key's line, or the nearest table's around it; 0 when neither is written.
func (l Lines) Of(key string) int {
	for {
		if line, ok := l[key]; ok {
			return line
		}
		dot := strings.LastIndexByte(key, '.')
		if dot < 0 {
			return 0
		}
		key = key[:dot]
	}
}

// LinesOf reads the keys of a document up to its first syntax error.
func LinesOf(data []byte) Lines {
	found := Lines{}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		switch node := p.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = found.add(&p, "", node)
		case unstable.KeyValue:
			found.add(&p, table, node)
		}
	}
	return found
}

// add notes the line of a table or a key, and of the keys of an inline table, and gives the whole key.
func (l Lines) add(p *unstable.Parser, table string, node *unstable.Node) string {
	key := table
	for it := node.Key(); it.Next(); {
		part := it.Node()
		key = strings.TrimPrefix(key+"."+string(part.Data), ".")
		if _, ok := l[key]; !ok {
			l[key] = p.Shape(part.Raw).Start.Line
		}
	}
	if node.Kind == unstable.KeyValue && node.Value().Kind == unstable.InlineTable {
		for it := node.Value().Children(); it.Next(); {
			l.add(p, key, it.Node())
		}
	}
	return key
}

// syntaxProblem says where the document stops being TOML.
func syntaxProblem(data []byte, err error) app.Problem {
	p := app.NewProblem("", "syntax", "cause", strings.TrimPrefix(err.Error(), "toml: "))
	var where *toml.DecodeError
	if errors.As(err, &where) {
		p.Line, _ = where.Position()
		p.Key = keyIn(strings.Split(string(data), "\n"), p.Line)
	}
	return p
}

// keyIn reads the key in a line, by eye: a parser that stopped there does not tell it.
func keyIn(text []string, line int) string {
	if line < 1 || line > len(text) {
		return ""
	}
	key, _, found := strings.Cut(text[line-1], "=")
	if !found {
		key = ""
	}
	for ; line > 0; line-- {
		if table := strings.TrimSpace(text[line-1]); strings.HasPrefix(table, "[") {
			table, _, _ = strings.Cut(strings.TrimLeft(table, "["), "]")
			return strings.Trim(strings.TrimSpace(table)+"."+strings.TrimSpace(key), ".")
		}
	}
	return strings.TrimSpace(key)
}
