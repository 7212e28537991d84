package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Effective writes a policy out: every setting with its value, as a TOML document that Parse reads as the same policy.
// Values that are Default's are marked. The settings are those of the struct tags.
func Effective(p Policy) []byte {
	var b bytes.Buffer
	writeTable(&b, "", reflect.ValueOf(p), reflect.ValueOf(Default()))
	return b.Bytes()
}

// writeTable writes the settings of a struct, then the tables in it.
func writeTable(b *bytes.Buffer, path string, table, defaults reflect.Value) {
	var tables []int
	for i := range table.NumField() {
		name := table.Type().Field(i).Tag.Get("toml")
		if table.Field(i).Kind() == reflect.Struct {
			tables = append(tables, i)
			continue
		}
		fmt.Fprintf(b, "%s = %s", name, literal(table.Field(i)))
		if same(table.Field(i), defaults.Field(i)) {
			b.WriteString(" # default")
		}
		b.WriteByte('\n')
	}
	for _, i := range tables {
		inner := strings.TrimPrefix(path+"."+table.Type().Field(i).Tag.Get("toml"), ".")
		fmt.Fprintf(b, "\n[%s]\n", inner)
		writeTable(b, inner, table.Field(i), defaults.Field(i))
	}
}

// same holds a list without items for one that is not there.
func same(value, standard reflect.Value) bool {
	if value.Kind() == reflect.Slice && value.Len() == 0 {
		return standard.Len() == 0
	}
	return reflect.DeepEqual(value.Interface(), standard.Interface())
}

// literal writes a value of a kind that Decode reads.
func literal(value reflect.Value) string {
	if length, is := value.Interface().(time.Duration); is {
		return quoted(spell(length))
	}
	switch value.Kind() {
	case reflect.String:
		return quoted(value.String())
	case reflect.Slice:
		items := make([]string, value.Len())
		for i := range items {
			items[i] = literal(value.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(value.Interface())
}

// quoted writes a text as JSON does, whose strings are TOML's basic strings but for DEL, which must be escaped there.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("policy: " + err.Error()) // a string can always be encoded
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007F`)
}
