package setup

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// Where the server keeps things.

// The keys of the answers about that.
const (
	askData = "data"
	askKeys = "keys"
)

func (d *Draft) placeQuestions() []Question {
	data := d.machine.beside("data")
	if d.machine.packaged {
		data = "/var/lib/sparekey/data"
	}
	return []Question{
		{Key: askData, Title: words.Text("command.setup.data"), Help: words.Text("command.setup.data_help"), Suggested: data, try: tryData},
		{Key: askKeys, Title: words.Text("command.setup.keys"), Help: words.Text("command.setup.keys_help"), Suggested: d.machine.beside("keys"), try: tryKeys},
	}
}

func tryData(_ context.Context, d *Draft) ([]string, error) {
	folder := d.machine.beside(d.answers[askData])
	if err := empty(folder); err != nil {
		return nil, err
	}
	return nil, probe(folder)
}

func tryKeys(_ context.Context, d *Draft) ([]string, error) {
	folder, k := d.machine.beside(d.answers[askKeys]), d.keyFiles()
	if within(folder, k.data) {
		return nil, app.NewProblem("", "keys_in_data", "folder", k.data)
	}
	for _, path := range []string{k.master.path, k.audit.path, k.heads} {
		if exists(path) {
			return nil, app.NewProblem("", "never_replaced", "file", path)
		}
	}
	return nil, probe(folder)
}

// within reports whether a folder is another one, or lies in it.
func within(folder, other string) bool {
	way, err := filepath.Rel(other, folder)
	return err == nil && way != ".." && !strings.HasPrefix(way, ".."+string(filepath.Separator))
}

// keyFiles are where keys, heads and data will lie.
func (d *Draft) keyFiles() keyFiles {
	keys, data := d.machine.beside(d.answers[askKeys]), d.machine.beside(d.answers[askData])
	return keyFiles{
		master: keyFile{path: filepath.Join(keys, "master")}, audit: keyFile{path: filepath.Join(keys, "audit")},
		heads: filepath.Join(filepath.Dir(data), "heads.jsonl"), data: data,
	}
}

// settings are server.toml as the answers make it. held names what systemd hands over in place of addresses and files.
func (d *Draft) settings(held bool) ServerSettings {
	s, k := DefaultServerSettings(), d.keyFiles()
	d.listenSettings(&s, held)
	s.Data.Folder, s.Policy.File = d.answers[askData], policyName
	s.ACME.Folder = filepath.Join(filepath.Dir(k.data), s.ACME.Folder)
	s.Keys = KeySettings{Master: k.master.path, Audit: k.audit.path, Heads: k.heads}
	if held {
		s.Keys.Master, s.Keys.Audit = credential+"master", credential+"audit"
	}
	d.directorySettings(&s)
	d.mailSettings(&s.Delivery.Mail)
	d.textSettings(&s.Delivery.Text)
	if !held {
		return s
	}
	for _, secret := range []*string{&s.Directory.Password, &s.Directory.Secret, &s.Delivery.Mail.Secret, &s.Delivery.Text.Secret} {
		if *secret != "" {
			*secret = besideKeys(*secret)
		}
	}
	if s.Directory.Certificate != "" {
		s.Directory.Certificate = credential + entraCredential
	}
	return s
}

// policyName is the policy's file, beside the settings.
const policyName = "policy.toml"
