package setup

import "path/filepath"

// Secrets that are asked for lie with the keys, each in a file of its own.

// secretFiles are their names, by question, in the order in which they are written.
var secretFiles = []struct{ ask, name string }{
	{askPassword, "directory"}, {askAppSecret, "directory"}, {askMailSecret, "mail"}, {askTextSecret, "text"},
}

// secretFile is where the answer to a question will lie.
func (d *Draft) secretFile(ask string) string {
	for _, f := range secretFiles {
		if f.ask == ask {
			return filepath.Join(d.machine.beside(d.answers[askKeys]), f.name)
		}
	}
	return ""
}

// keptSecret is that file, where the question is asked, as the answers stand, and answered; else empty.
func (d *Draft) keptSecret(ask string) string {
	if d.answers[ask] == "" || !d.asks(ask) {
		return ""
	}
	return d.secretFile(ask)
}

// keptSecrets are the questions whose answers are kept in files.
func (d *Draft) keptSecrets() (all []string) {
	for _, f := range secretFiles {
		if d.keptSecret(f.ask) != "" {
			all = append(all, f.ask)
		}
	}
	return all
}

// asks reports whether a question that has a secret is asked, as the answers stand.
func (d *Draft) asks(ask string) bool {
	switch ask {
	case askPassword:
		return !d.enters() && !d.isEntra()
	case askAppSecret:
		return d.isEntra() && d.provesBySecret()
	case askMailSecret:
		return signsInAtMail(d)
	case askTextSecret:
		return carriesTexts(d)
	}
	return false
}
