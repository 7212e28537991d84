package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
	"github.com/sparekey/sparekey/command/setup"
)

// The organisation's mail server, and the server's account there.
const (
	relayHost     = "mail.harbour.example"
	relayAt       = "127.0.0.1:465"
	relayAccount  = "sparekey"
	relayRealm    = "harbour.example"
	relayPassword = "Quay-side letters 2026"
)

// relaySpool is where Debian's Postfix has its queue: a lab's own, in its mounts, through which the account postfix may walk.
const relaySpool = "/var/spool/postfix"

// relay is a Postfix at work, which keeps the mails of everybody, wherever their mailbox would be.
type relay struct {
	part
	read map[string]bool
}

// startRelay starts it, with the certificate of a folder.
func startRelay(folder string) (*relay, error) {
	if err := syscall.Mount("tmpfs", relaySpool, "tmpfs", 0, "mode=0755"); err != nil {
		return nil, fmt.Errorf("%s: %w", relaySpool, err)
	}
	for _, name := range []string{"cert.pem", "key.pem"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(relaySpool, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	start, err := mailtest.MakePostfix(mailtest.Making{
		Dir: relaySpool, TLS: relayAt, Account: relayAccount, Realm: relayRealm, Password: relayPassword,
		Domains: "static:everywhere", Mailboxes: mailboxes(), Else: "everybody/",
	})
	if err != nil {
		return nil, err
	}
	r := &relay{read: map[string]bool{}}
	if err := r.start("Postfix", start, filepath.Join(folder, "postfix.log")); err != nil {
		return nil, err
	}
	return r, r.await(func() error {
		conn, err := tls.Dial("tcp", relayAt, &tls.Config{InsecureSkipVerify: true}) // whether it is there, and nothing more
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// mailboxes are those of the sample people, at work and at home.
func mailboxes() (lines []string) {
	for _, p := range setup.SampleDirectoryPeople() {
		for _, address := range []string{p.UserID, p.Mail} {
			if address != "" {
				lines = append(lines, address+" "+address+"/")
			}
		}
	}
	return lines
}

// end ends it, with its queue.
func (r *relay) end() error {
	if r == nil {
		return nil
	}
	return r.stop(func() error { return mailtest.StopPostfix(relaySpool) })
}

// watch gives what comes into the mailboxes, until ctx ends.
func (r *relay) watch(ctx context.Context, got func(app.Message) error) error {
	return every(ctx, func() error {
		found, err := filepath.Glob(filepath.Join(relaySpool, "mail", "*", "new", "*"))
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) }) // by their times
		for _, path := range found {
			if r.read[path] {
				continue
			}
			m, err := openMail(path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if err := got(m); err != nil {
				return err
			}
			r.read[path] = true
		}
		return nil
	})
}

// openMail reads a mail as a person does whose program shows plain text.
func openMail(path string) (app.Message, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return app.Message{}, err
	}
	letter, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return app.Message{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
	if err != nil {
		return app.Message{}, err
	}
	text, err := plainText(letter.Header.Get("Content-Type"), letter.Header.Get("Content-Transfer-Encoding"), letter.Body)
	if err != nil {
		return app.Message{}, err
	}
	m := readMail(subject, text)
	m.ID, m.Channel, m.To = letter.Header.Get("Message-ID"), app.KindEmail, letter.Header.Get("Delivered-To")
	if m.Template == "" {
		m.Params["subject"] = subject
	}
	return m, nil
}

// plainText is the first part of a mail that is plain text.
func plainText(kind, encoding string, body io.Reader) (string, error) {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return "", fmt.Errorf("there is no plain text: %w", err)
			}
			if text, err := plainText(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err == nil {
				return text, nil
			}
		}
	}
	if media != "text/plain" {
		return "", errors.New("it is " + media)
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	return strings.ReplaceAll(string(text), "\r\n", "\n"), err
}

// every looks again and again until ctx ends.
func every(ctx context.Context, look func() error) error {
	const pause = 50 * time.Millisecond
	for {
		if err := look(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}
