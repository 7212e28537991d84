package policy

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Decode reads a TOML document into the struct that into points to, whose fields carry toml tags; what the document
// doesn't name stays as it is. It is strict: an unknown key or a value of the wrong kind is a problem, and all of them
// come back together, with line and key, as *Problems. Fields may be structs, strings, whole numbers, booleans, lists of
// strings and durations, which are written as "5m" or "180d".
func Decode(file string, data []byte, into any) error {
	_, problems := decode(file, data, into)
	return problems.orNil()
}

// decode is Decode that tells the lines, too.
func decode(file string, data []byte, into any) (lines, *Problems) {
	d := decoder{file: file, lines: linesOf(data)}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		d.problems.List = append(d.problems.List, syntaxProblem(file, data, err))
		return d.lines, &d.problems
	}
	d.table("", tree, reflect.ValueOf(into).Elem())
	return d.lines, &d.problems
}

type decoder struct {
	file     string
	lines    lines
	problems Problems
}

func (d *decoder) report(key, format string, args ...any) {
	d.problems.List = append(d.problems.List, Problem{File: d.file, Line: d.lines.of(key), Key: key, Reason: fmt.Sprintf(format, args...)})
}

// table puts the values of a table into a struct.
func (d *decoder) table(path string, table map[string]any, into reflect.Value) {
	fields := map[string]reflect.Value{}
	for i := range into.NumField() {
		if name := into.Type().Field(i).Tag.Get("toml"); name != "" && name != "-" {
			fields[name] = into.Field(i)
		}
	}
	for key, value := range table {
		field, known := fields[key]
		full := strings.TrimPrefix(path+"."+key, ".")
		if !known {
			d.report(full, "is not a setting%s", suggestion(key, fields))
			continue
		}
		d.value(full, value, field)
	}
}

var duration = reflect.TypeFor[time.Duration]()

// value puts one value into a field.
func (d *decoder) value(key string, value any, field reflect.Value) {
	if field.Type() == duration {
		d.duration(key, value, field)
		return
	}
	ok := false
	switch field.Kind() {
	case reflect.Struct:
		var table map[string]any
		if table, ok = value.(map[string]any); ok {
			d.table(key, table, field)
		}
	case reflect.String:
		var s string
		if s, ok = value.(string); ok {
			field.SetString(s)
		}
	case reflect.Bool:
		var b bool
		if b, ok = value.(bool); ok {
			field.SetBool(b)
		}
	case reflect.Int:
		var n int64
		if n, ok = value.(int64); ok {
			field.SetInt(n)
		}
	case reflect.Slice:
		ok = setList(value, field)
	}
	if !ok {
		d.report(key, "must be %s", kindName(field))
	}
}

func (d *decoder) duration(key string, value any, field reflect.Value) {
	s, _ := value.(string)
	length, err := readDuration(s)
	if err != nil {
		d.report(key, `must be a duration in quotes, such as "90s", "5m", "24h" or "180d"`)
		return
	}
	field.SetInt(int64(length))
}

// readDuration reads what time.ParseDuration does, and whole days: "180d".
func readDuration(s string) (time.Duration, error) {
	const day = 24 * time.Hour
	if days, only := strings.CutSuffix(s, "d"); only {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * day, err
	}
	return time.ParseDuration(s)
}

// setList puts a list of strings into a slice of a string kind.
func setList(value any, field reflect.Value) bool {
	list, ok := value.([]any)
	if !ok {
		return false
	}
	made := reflect.MakeSlice(field.Type(), len(list), len(list))
	for i, item := range list {
		s, ok := item.(string)
		if !ok {
			return false
		}
		made.Index(i).SetString(s)
	}
	field.Set(made)
	return true
}

func kindName(field reflect.Value) string {
	switch field.Kind() {
	case reflect.Struct:
		return "a table"
	case reflect.String:
		return "a text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	}
	return `a list of texts, such as ["one", "two"]`
}

// suggestion names the setting that was probably meant.
func suggestion(key string, fields map[string]reflect.Value) string {
	best, distance := "", 3
	for name := range fields {
		if d := editDistance(key, name); d < distance || d == distance && name < best {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance counts the letters to insert, delete or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
