// Package config reads TOML documents strictly, whatever they configure: it names each setting that isn't one, and each
// value of the wrong kind, by line, and says which setting was probably meant.
package config

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
)

// Read reads a document of at most so many bytes, as files.ReadText does. What is wrong with its text is a *Problems.
func Read(path string, most int64) ([]byte, error) {
	document, err := files.ReadText(path, most)
	var wrong app.Problem
	if errors.As(err, &wrong) {
		return nil, unread(path, wrong)
	}
	return document, err
}

// Decode reads a TOML document into the struct that into points to, whose fields carry toml tags; what the document
// doesn't name stays as it is. It is strict: an unknown key or a value of the wrong kind is a problem, and all of them
// come back together, with line and key, as *Problems. Fields may be structs, strings, whole numbers, booleans, lists of
// strings, texts by language and lists of these, and durations, which are written as "5m" or "180d".
func Decode(file string, data []byte, into any) error {
	_, problems := DecodeLines(file, data, into)
	return problems.OrNil()
}

// DecodeLines is Decode for documents that are checked further: it gives the lines of the keys, too, and the problems so
// far, of which there may be none.
func DecodeLines(file string, data []byte, into any) (Lines, *Problems) {
	text, err := files.Text(data)
	if err != nil {
		return Lines{}, unread(file, app.ProblemOf(err))
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		return LinesOf(text), unread(file, syntaxProblem(text, err))
	}
	d := decoder{lines: LinesOf(text), problems: Problems{File: file}, tag: "toml"}
	d.table("", tree, reflect.ValueOf(into).Elem())
	return d.lines, &d.problems
}

// DecodeTree is Decode for values that do not come from a document, such as those of the registry: text, and []any of texts.
// place says where they stand, and the fields' tag of this name how they are called there.
func DecodeTree(place string, tree map[string]any, tag string, into any) error {
	d := decoder{problems: Problems{File: place}, tag: tag}
	d.table("", tree, reflect.ValueOf(into).Elem())
	return d.problems.OrNil()
}

type decoder struct {
	lines    Lines
	problems Problems
	tag      string // of the fields, which names their keys
}

func (d *decoder) report(key, code string, params ...any) {
	p := app.NewProblem(key, code, params...)
	p.Line = d.lines.Of(key)
	d.problems.List = append(d.problems.List, p)
}

// table puts the values of a table into a struct.
func (d *decoder) table(path string, table map[string]any, into reflect.Value) {
	fields := map[string]reflect.Value{}
	for i := range into.NumField() {
		if name := into.Type().Field(i).Tag.Get(d.tag); name != "" && name != "-" {
			fields[name] = into.Field(i)
		}
	}
	for key, value := range table {
		field, known := fields[key]
		full := strings.TrimPrefix(path+"."+key, ".")
		if !known {
			d.reportUnknown(full, key, fields)
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
	case reflect.Map:
		if field.Type().Elem().Kind() == reflect.Struct {
			ok = d.tables(key, value, field)
			break
		}
		ok = setWords(value, field)
	case reflect.Slice:
		ok = setList(value, field)
	}
	if !ok {
		d.reportKind(key, field)
	}
}

// tables puts tables of one kind into a map, each by its name: [directories.pier].
func (d *decoder) tables(key string, value any, field reflect.Value) bool {
	named, ok := value.(map[string]any)
	if !ok {
		return false
	}
	all := reflect.MakeMap(field.Type())
	for name, value := range named {
		table, is := value.(map[string]any)
		if !is {
			d.report(key+"."+name, "table")
			continue
		}
		one := reflect.New(field.Type().Elem()).Elem()
		d.table(key+"."+name, table, one)
		all.SetMapIndex(reflect.ValueOf(name), one)
	}
	field.Set(all)
	return true
}

func (d *decoder) duration(key string, value any, field reflect.Value) {
	s, _ := value.(string)
	length, err := readDuration(s)
	if err != nil {
		d.report(key, "duration")
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

// setWords puts a text, or a table of texts, into a map of strings.
func setWords(value any, field reflect.Value) bool {
	words := map[string]string{}
	switch value := value.(type) {
	case string:
		words[""] = value
	case map[string]any:
		for name, item := range value {
			s, ok := item.(string)
			if !ok {
				return false
			}
			words[name] = s
		}
	default:
		return false
	}
	field.Set(reflect.ValueOf(words).Convert(field.Type()))
	return true
}

// setList puts a list into a slice of strings or of maps of strings.
func setList(value any, field reflect.Value) bool {
	list, ok := value.([]any)
	if !ok {
		return false
	}
	made := reflect.MakeSlice(field.Type(), len(list), len(list))
	for i, item := range list {
		if field.Type().Elem().Kind() == reflect.Map {
			if !setWords(item, made.Index(i)) {
				return false
			}
			continue
		}
		s, ok := item.(string)
		if !ok {
			return false
		}
		made.Index(i).SetString(s)
	}
	field.Set(made)
	return true
}

// reportKind says which kind of value a field takes.
func (d *decoder) reportKind(key string, field reflect.Value) {
	switch field.Kind() {
	case reflect.Struct:
		d.report(key, "table")
	case reflect.String:
		if d.tag != "toml" {
			d.report(key, "text")
			return
		}
		d.report(key, "quoted_text")
	case reflect.Bool:
		d.report(key, "true_or_false")
	case reflect.Int:
		d.report(key, "whole_number")
	case reflect.Map:
		if field.Type().Elem().Kind() == reflect.Struct {
			d.report(key, "table")
			return
		}
		d.report(key, "words")
	default:
		if field.Type().Elem().Kind() == reflect.Map {
			d.report(key, "list_of_words")
			return
		}
		d.report(key, "list_of_texts")
	}
}

// reportUnknown says that a key is no setting, and which setting was probably meant.
func (d *decoder) reportUnknown(full, key string, fields map[string]reflect.Value) {
	best, distance := "", 3
	for name := range fields {
		if n := editDistance(key, name); n < distance || n == distance && name < best {
			best, distance = name, n
		}
	}
	if best == "" {
		d.report(full, "not_a_setting")
		return
	}
	d.report(full, "misspelt", "meant", best)
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
