package words

import "github.com/sparekey/sparekey/app"

// Message puts a message into words: its subject and what it says. The clock's time is when it was sent, where the reader is.
func Message(m app.Message, clock string) (subject, body string) {
	values := MessageValues(m, clock)
	key := "message." + string(m.Template)
	return Text(key+".subject", values), Text(key+".body", values)
}

// MessageValues are what a message's placeholders stand for.
func MessageValues(m app.Message, clock string) Values {
	values := Values{}
	for name, value := range m.Params {
		values[name] = value
	}
	if kind := app.Kind(m.Params["kind"]); kind.Valid() {
		values["kind"] = Text("kind." + string(kind) + ".title")
	}
	if title := "blocked." + m.Params["reason"] + ".title"; Known(title) {
		values["reason"] = Text(title)
	}
	if _, given := values["time"]; !given {
		values["time"] = clock
	}
	return values
}
