package command

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// mint makes a token of the lobby's trial, and gives the file that it is kept in.
func (l *lobby) mint(name, may string) string {
	l.t.Helper()
	code, out, errs := said(l.t, "tokens", "new", name, "--may", may, "--data", l.data)
	if code != 0 || !tokenForm.MatchString(out) || !strings.Contains(errs, name) || tokenForm.MatchString(errs) {
		l.t.Fatalf("exit code %d, %q, %q", code, out, errs)
	}
	return file(l.t, "token", out)
}

var tokenForm = regexp.MustCompile(`(?m)^sparekey_token_[0-9A-Z]{52}$`)

// there runs a command on the lobby's server, over TLS, in a process of its own.
func (l *lobby) there(token, args string) (code int, said string) {
	l.t.Helper()
	code, out, errs := apart(l.t, l.env, args+" --server "+strings.TrimPrefix(l.url, "https://")+" --token-file "+token)
	return code, out + errs
}

// Every command of an administrator does over the network what it does here, by a token that may.
func TestAdministratorsCommandsOverTheNetwork(t *testing.T) {
	l, ana := newLobby(t), sample(trial.Ready)
	token := l.mint("nightly", "policy,contacts,passes,trail,stations,tokens.read,messages")
	contacts := file(t, "people.csv", "user_id,mobile\n"+ana.UserID+",+61491570156\n")
	for _, c := range []struct {
		args string
		code int
		said string
	}{
		{"policy apply " + ours(t, called("Quay")) + " --comment moved", 0, "is version 2 of the policy"},
		{"policy apply " + file(t, "bad.toml", "[methods]\ngates = 9\n"), 1, "bad.toml:2: methods.gates: must be 1 or 2, is 9"},
		{"policy show --version 2", 0, "by token:nightly from (uploaded): moved"},
		{"policy show --version 2 --effective", 0, `name = "Quay"`},
		{"policy show --version 7", 2, "there is no version 7"},
		{"policy history", 0, "token:nightly"},
		{"users import " + contacts, 0, "1"},
		{"pass issue nobody@harbour.example", 1, "no account with this user ID"},
		{"pass issue " + sample(trial.New).UserID, 0, "It signs in once"},
		{"pass revoke " + sample(trial.New).UserID, 0, "is void"},
		{"stations invite --name Lobby", 0, "For Lobby"},
		{"stations pause Lobby", 0, "is paused"},
		{"stations list", 0, "Lobby"},
		{"stations revoke Kiosk", 1, "no station with this name"},
		{"audit verify", 0, "holds"},
		{"tokens list", 0, "nightly"},
		{"messages " + ana.UserID, 0, "no message to them left here"},
		{"messages " + ana.UserID + " --json", 0, "[]"},
		{"messages nobody@harbour.example", 1, "no account with this user ID"},
	} {
		if code, out := l.there(token, c.args); code != c.code || !strings.Contains(out, c.said) {
			t.Errorf("%s: exit code %d, %s", c.args, code, out)
		}
	}
	if code, out, errs := said(t, "tokens", "list", "--data", l.data); code != 0 || !regexp.MustCompile(`nightly +good until .+ policy,contacts,passes,trail,stations,tokens\.read,messages +\S+ +\d{4}-\d\d-\d\d`).MatchString(out) {
		t.Errorf("listed here: %d, %s, %s", code, out, errs)
	}
}

// What keeps a token from doing something is said in words, with what to do.
func TestATokenThatMayNot(t *testing.T) {
	l := newLobby(t)
	reader := l.mint("reader", "policy.read")
	for args, want := range map[string]string{
		"policy apply " + ours(t, called("Quay")): "it takes one that may policy",
		"audit verify":             "it takes one that may trail",
		"pass issue ana":           "it takes one that may passes",
		"stations list":            "it takes one that may stations.read",
		"stations invite --name x": "it takes one that may stations",
		"users import " + file(t, "p.csv", "user_id\n"): "it takes one that may contacts",
		"tokens list":  "it takes one that may tokens.read",
		"messages ana": "it takes one that may messages",
	} {
		if code, out := l.there(reader, args); code != 1 || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d, %s", args, code, out)
		}
	}
	if code, out := l.there(reader, "policy history"); code != 0 {
		t.Errorf("what it may: %d, %s", code, out)
	}
	if code, out, errs := said(t, "tokens", "revoke", "READER", "--data", l.data); code != 0 || !strings.Contains(out, "reader is revoked") {
		t.Fatalf("revoked: %d, %s, %s", code, out, errs)
	}
	for name, token := range map[string]string{
		"revoked": reader, "made up": file(t, "token", "sparekey_token_"+strings.Repeat("0", 52)),
	} {
		if code, out := l.there(token, "policy history"); code != 1 || !strings.Contains(out, "doesn't take this token") {
			t.Errorf("%s: exit code %d, %s", name, code, out)
		}
	}
	answers(t, map[string]answer{
		"revoked once more": {[]string{"tokens", "revoke", "reader", "--data", l.data}, 1, "", "no good token"},
		"a bad name":        {[]string{"tokens", "new", "a\x1bb", "--may", "trail", "--data", l.data}, 1, "", "1 to 64 characters"},
		"no scope":          {[]string{"tokens", "new", "x", "--data", l.data}, 2, "", "--may"},
		"another scope":     {[]string{"tokens", "new", "x", "--may", "trail,everything", "--data", l.data}, 2, "", "everything is nothing"},
		"too long":          {[]string{"tokens", "new", "x", "--may", "trail", "--for", "721h", "--data", l.data}, 2, "", "30 days"},
		"over the network":  {[]string{"tokens", "new", "x", "--may", "trail", "--server", "reset.example.org"}, 2, "", "--server"},
	})
}

// witness is what was sent to a server: path and token.
type witness struct {
	mu   sync.Mutex
	sent []string
}

func (w *witness) saw(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, line)
}

// take gives what was sent since it was asked last.
func (w *witness) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := w.sent
	w.sent = nil
	return sent
}

// witnessed is a server of somebody else's, and what was sent there.
func witnessed(t *testing.T, handler http.HandlerFunc) (url string, seen *witness) {
	t.Helper()
	seen = &witness{}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.saw(r.URL.Path + " " + r.Header.Get("Authorization"))
		handler(w, r)
	}))
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s.URL, seen
}

// Threat: a token goes to somebody who shows no good certificate, in clear, or lies where others read it; or a file that is none is
// sent in its place.
func TestATokenGoesNowhereElse(t *testing.T) {
	l := newLobby(t)
	token := l.mint("nightly", "trail")
	stranger, seen := witnessed(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") })
	exposed := l.mint("exposed", "trail")
	if err := os.Chmod(exposed, 0o640); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args string
		code int
		said string
	}{
		"a stranger's certificate": {"--server " + stranger + " --token-file " + token, 1, "certificate"},
		"nobody there":             {"--server 127.0.0.1:1 --token-file " + token, 1, "Nothing answers"},
		"in clear":                 {"--server http://127.0.0.1:1 --token-file " + token, 2, "https://"},
		"others may read it":       {"--server " + l.url + " --token-file " + exposed, 2, "others may read this token"},
		"no token in it":           {"--server " + l.url + " --token-file " + file(t, "key", "-----BEGIN PRIVATE KEY-----\n"), 2, "holds no token"},
		"two of them":              {"--server " + l.url + " --token-file " + file(t, "two", strings.Repeat("sparekey_token_"+strings.Repeat("0", 52)+"\n", 2)), 2, "holds no token"},
		"no such file":             {"--server " + l.url + " --token-file /nowhere/token", 2, "no such file"},
		"no credentials":           {"--server " + l.url + " --token-file credential:token", 2, "token"},
		"no token":                 {"--server " + l.url, 2, "--token-file"},
		"no server":                {"--token-file " + token, 2, "--server"},
		"two targets":              {"--server " + l.url + " --token-file " + token + " --data " + l.data, 2, "can't be used together"},
		"two others":               {"--config server.toml --data " + l.data, 2, "can't be used together"},
		"heads of its own":         {"--server " + l.url + " --token-file " + token + " --heads heads.jsonl", 2, "can't be used together"},
	} {
		if runtime.GOOS == "windows" && name == "others may read it" {
			continue
		}
		env := l.env
		if strings.Contains(c.args, stranger) {
			env = append(slices.Clone(env), "SSL_CERT_FILE=/dev/null")
		}
		code, out, errs := apart(t, env, "audit verify "+c.args)
		if code != c.code || !strings.Contains(errs, c.said) || tokenForm.MatchString(out+errs) {
			t.Errorf("%s: exit code %d, %s, %s", name, code, out, errs)
		}
	}
	if sent := seen.take(); len(sent) != 0 {
		t.Errorf("a stranger was sent %q", sent)
	}
	folder := t.TempDir()
	held, err := os.ReadFile(token)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "sparekey"), held, 0o440)
	}
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := apart(t, append(l.env, "CREDENTIALS_DIRECTORY="+folder), "audit verify --server "+l.url+" --token-file credential:sparekey")
	if code != 0 {
		t.Errorf("as a credential of systemd: %d, %s, %s", code, out, errs)
	}
}

// An older server knows neither tokens nor what is asked of it; that is said, and no token goes where none is asked for.
func TestAnOlderServerIsNamed(t *testing.T) {
	for name, refusal := range map[string]string{
		"takes no such token": `{"type":"about:blank","title":"x","status":401,"code":"signed_out"}`,
		"has no such path":    `{"type":"about:blank","title":"x","status":400,"code":"bad_request"}`,
	} {
		l := newLobby(t)
		url, seen := witnessed(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/openapi.json" {
				_, _ = io.WriteString(w, `{"info":{"version":"v1.2.3"},"paths":{"/v1/organisation":{}}}`)
				return
			}
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, refusal)
		})
		l.url = url // the same certificate as that of every server of tests
		code, out := l.there(l.mint("nightly", "policy"), "policy history")
		if code != 1 || !strings.Contains(out, "is Sparekey v1.2.3, which takes no tokens") {
			t.Errorf("%s: exit code %d, %s", name, code, out)
		}
		sent := seen.take()
		if last := sent[len(sent)-1]; last != "/openapi.json " {
			t.Errorf("asked last: %q", last)
		}
	}
}

// A connection that breaks off in the middle: who asked for something looks before asking again, and what has an effect each time is
// sent once.
func TestWhatMayHaveBeenDoneIsSaid(t *testing.T) {
	l := newLobby(t)
	token := l.mint("nightly", "passes,policy")
	url, seen := witnessed(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	l.url = url
	for args, unsure := range map[string]bool{"pass issue ana": true, "policy history": false} {
		seen.take()
		code, out := l.there(token, args)
		sent := seen.take()
		if code != 1 || strings.Contains(out, "look there before") != unsure || unsure && len(sent) != 1 {
			t.Errorf("%s: exit code %d, %s; %d requests", args, code, out, len(sent))
		}
	}
}

// A policy is applied and shown by what the server says, whatever lies beside the document here.
func TestThePolicyOfAServerIsJudgedThere(t *testing.T) {
	l := newLobby(t)
	token := l.mint("nightly", "policy")
	named := ours(t, func(p *policy.Policy) { p.Password.Breached = "leaked.filter" })
	if code, out := l.there(token, "policy apply "+named); code != 1 || strings.Contains(out, "no such file") || !strings.Contains(out, "came from no folder") {
		t.Errorf("a filter that lies nowhere: %d, %s", code, out)
	}
	if code, out := l.there(token, "policy apply "+ours(t)+".none"); code != 2 || !strings.Contains(out, "no such file") {
		t.Errorf("no such document: %d, %s", code, out)
	}
}
