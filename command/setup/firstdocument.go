package setup

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fill puts values, as TOML writes them, into a commented document in place of those that stand there: by table and key, such as
// "listen.address". Comments stay in their column.
func fill(document []byte, values map[string]string) ([]byte, error) {
	left := maps.Clone(values)
	table := ""
	var out strings.Builder
	for line := range strings.Lines(string(document)) {
		text := strings.TrimRight(line, "\n")
		if name, is := strings.CutPrefix(text, "["); is {
			name, _, _ = strings.Cut(name, "]")
			table = name + "."
		}
		name, _, is := strings.Cut(text, " = ")
		if value, wanted := left[table+name]; is && wanted {
			delete(left, table+name)
			text = refill(text, name+" = "+value)
		}
		out.WriteString(text + "\n")
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("the sample has no %s", strings.Join(slices.Sorted(maps.Keys(left)), ", "))
	}
	return []byte(out.String()), nil
}

// refill gives a setting the comment that a line has, in its column where there is room.
func refill(line, setting string) string {
	at := commentOf(line)
	if at < 0 {
		return setting
	}
	return fmt.Sprintf("%-*s%s", max(at, len(setting)+1), setting, line[at:])
}

// commentOf is where the comment of a line begins; negative for none. A # in a text is none.
func commentOf(line string) int {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '#' && !quoted:
			return i
		}
	}
	return -1
}

// quote writes a text as TOML does.
func quote(text string) string { return strconv.Quote(text) }

// quoteAll writes a list of texts.
func quoteAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// document are the values of who carries messages, as server.toml has them.
func (s DeliverySettings) document() map[string]string {
	m, t := s.Mail, s.Text
	return map[string]string{
		"delivery.mail.servers": quoteAll(m.Servers), "delivery.mail.from": quote(m.From), "delivery.mail.trust": quote(m.Trust),
		"delivery.mail.auth": quote(m.Auth), "delivery.mail.user": quote(m.User), "delivery.mail.secret": quote(m.Secret),
		"delivery.text.kind": quote(t.Kind), "delivery.text.endpoint": quote(t.Endpoint), "delivery.text.user": quote(t.User),
		"delivery.text.service": quote(t.Service), "delivery.text.region": quote(t.Region), "delivery.text.from": quote(t.From),
		"delivery.text.secret": quote(t.Secret),
	}
}
