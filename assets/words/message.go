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
	if event := m.Params["event"]; event != "" {
		values["event"] = Event(app.MessageID(event))
	}
	values["link"] = m.Link
	if _, given := values["time"]; !given {
		values["time"] = clock
	}
	return values
}

// Event names what a notice told of, by its subject. Of one that a newer server knows alone there is no more than its name.
func Event(id app.MessageID) string {
	if key := "message." + string(id) + ".subject"; Known(key) {
		return Text(key)
	}
	return string(id)
}
