package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/pressly/goose/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/command/setup"
)

// anIdentity makes an identity of age, in a file, and gives its recipient.
func anIdentity(t *testing.T) (identity *age.X25519Identity, file, recipient string) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "identity.txt")
	if err := os.WriteFile(file, []byte("# made by a test\n"+identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return identity, file, identity.Recipient().String()
}

// copyKeys copies what an administrator keeps elsewhere: master key, audit key and key file.
func copyKeys(t *testing.T, from, to string) (keyFile string) {
	t.Helper()
	keyFile = filepath.Join(t.TempDir(), "keys-copy.json")
	a, b := setup.FoldersAt(from), setup.FoldersAt(to)
	for source, target := range map[string]string{a.Key: b.Key, a.AuditKey(): b.AuditKey(), filepath.Join(from, "keys.json"): keyFile} {
		if err := os.WriteFile(target, []byte(contents(t, source)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return keyFile
}

// busy writes to a trial until it is told to stop, and gives how often it did.
func busy(t *testing.T, e *setup.Trial) (stop func() int) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	counted, begun := make(chan int), make(chan struct{})
	go func() {
		n := 1
		for ; n == 1 || ctx.Err() == nil; n++ {
			err := e.Store.Update(t.Context(), func(tx port.Tx) error {
				return errors.Join(tx.PutCounter(port.Counter{Key: "busy", Count: n}), tx.PutMark("busy", fmt.Sprint(n)))
			})
			if err != nil {
				t.Error(err)
			}
			if n == 1 {
				close(begun)
			}
		}
		counted <- n
	}()
	<-begun
	return func() int { end(); return <-counted }
}

func TestABackupUnderLoadIsWholeAndRestored(t *testing.T) {
	e, data := aTrial(t)
	identity, identityFile, recipient := anIdentity(t)
	const canary = "canary-secret"
	ana := sample(trial.Ready)
	if err := e.Store.Update(t.Context(), func(tx port.Tx) error {
		return errors.Join(
			tx.PutCredential(port.CredentialRecord{ID: "C", Account: "A", Secret: []byte(canary), Masked: canary, Address: canary}),
			tx.PutSession(port.SessionRecord{ID: "S", Account: "A", AccessHash: []byte("1"), RefreshHash: []byte("1")}),
			tx.PutPass(port.PassRecord{Account: "A", Hash: []byte("1"), Created: time.Now(), Expires: time.Now()}),
			tx.PutFlow(port.FlowRecord{ID: "F", State: []byte(canary), StartKey: []byte("1")}),
		)
	}); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.Connect(filepath.Join(data, "directory.db"), sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(`UPDATE person SET name = 'Restored' WHERE user_id = ?`, ana.UserID)
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	run(t, "keys", "rotate", "--data", data)
	stop := busy(t, e)
	file := filepath.Join(t.TempDir(), "sparekey.age")
	out := run(t, "backup", file, "--to", recipient, "--data", data)
	if n := stop(); n < 3 {
		t.Errorf("the window wrote %d times", n)
	}
	if !strings.Contains(out, "with the data keys 2:") {
		t.Errorf("backup: %s", out)
	}
	out = run(t, "restore", file, "--verify", "--identity", identityFile, "--data", data)
	if !strings.Contains(out, " is whole") || !strings.Contains(out, "open every value of it") {
		t.Errorf("verify: %s", out)
	}
	nothingSecretIn(t, file, identity, data, canary)
	if left, _ := filepath.Glob(filepath.Join(data, "*snapshot-*.db*")); len(left) != 0 {
		t.Errorf("copies are left: %v", left)
	}

	elsewhere := filepath.Join(t.TempDir(), "data")
	keyFile := copyKeys(t, data, elsewhere)
	out = run(t, "restore", file, "--identity", identityFile, "--key-file", keyFile, "--data", elsewhere)
	if !strings.Contains(out, "Void are: 1 sessions, 1 conversations, 1 passes") {
		t.Errorf("restore: %s", out)
	}
	if got, want := names(t, elsewhere), "directory.db keys.json sparekey.db"; got != want {
		t.Errorf("restored: %s", got)
	}
	if out := run(t, "audit", "verify", "--data", elsewhere); !allVouchedFor(out) {
		t.Errorf("the trail: %s", out)
	}
	again, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(elsewhere), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if err := again.Store.View(t.Context(), func(tx port.Tx) error {
		creds, err1 := tx.Credentials("A")
		flow, err2 := tx.Flow("F")
		session, err3 := tx.Session("S")
		last, err4 := tx.AuditHead()
		mark, err5 := tx.Mark("busy")
		count, err6 := tx.Counter("busy")
		if len(creds) != 1 || string(creds[0].Secret) != canary || flow.Ended.IsZero() || session.Ended.IsZero() || last.Action != "store.restored" ||
			mark != fmt.Sprint(count.Count) {
			t.Errorf("restored: %+v %+v %+v %+v %s %d", creds, flow, session, last, mark, count.Count)
		}
		return errors.Join(err1, err2, err3, err4, err5, err6)
	}); err != nil {
		t.Error(err)
	}
	if name := nameInDirectory(t, elsewhere, ana.UserID); name != "Restored" {
		t.Errorf("the directory is another: %q", name)
	}
}

func nameInDirectory(t *testing.T, data, userID string) (name string) {
	t.Helper()
	conn, err := sqlite.Connect(filepath.Join(data, "directory.db"), sqlite.QueryOnly)
	if err != nil {
		t.Fatal(err)
	}
	err = conn.Row(`SELECT name FROM person WHERE user_id = ?`, userID).Scan(&name)
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

var regexpWrapped = regexp.MustCompile(`"(?:wrapped|index)": "([^"]+)"`)

// nothingSecretIn looks for secrets and for keys in a backup, opened and not.
func nothingSecretIn(t *testing.T, file string, identity age.Identity, data string, secrets ...string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := age.Decrypt(bytes.NewReader(raw), identity)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(opened)
	if err != nil {
		t.Fatal(err)
	}
	f := setup.FoldersAt(data)
	secrets = append(secrets, contents(t, f.Key), contents(t, f.AuditKey()))
	for _, wrapped := range regexpWrapped.FindAllStringSubmatch(contents(t, filepath.Join(data, "keys.json")), -1) {
		raw, err := base64.StdEncoding.DecodeString(wrapped[1])
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, wrapped[1], string(raw))
	}
	if len(secrets) < 9 {
		t.Errorf("only %d secrets are looked for", len(secrets))
	}
	for _, secret := range secrets {
		if bytes.Contains(plain, []byte(secret)) || bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the backup holds %q", secret)
		}
	}
	if bytes.Contains(raw, []byte("SQLite format")) || !bytes.Contains(plain, []byte("SQLite format")) {
		t.Error("the backup is in the clear, or no database is in it")
	}
}

// TestARealAgeOpensABackup: Debian's, and tar.
func TestARealAgeOpensABackup(t *testing.T) {
	tool, err := exec.LookPath("age")
	if err != nil {
		t.Skip("age is not installed")
	}
	_, data := aTrial(t)
	folder := t.TempDir()
	identity := filepath.Join(folder, "key.txt")
	if out, err := exec.Command("age-keygen", "-o", identity).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	recipient, err := exec.Command("age-keygen", "-y", identity).Output()
	if err != nil {
		t.Fatal(err)
	}
	recipients := filepath.Join(folder, "recipients.txt")
	if err := os.WriteFile(recipients, append([]byte("# who keeps backups\n"), recipient...), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "sparekey.age")
	run(t, "backup", file, "--to", recipients, "--data", data)
	archive := filepath.Join(folder, "archive.tar")
	if out, err := exec.Command(tool, "-d", "-i", identity, "-o", archive, file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	listed, err := exec.Command("tar", "-tf", archive).Output()
	if want := "manifest.json\nsparekey.db\ndirectory.db\naudit-heads.jsonl\n"; err != nil || string(listed) != want {
		t.Errorf("in it: %q, %v", listed, err)
	}
	run(t, "restore", file, "--verify", "--identity", identity, "--data", data)
}

// TestABackupThatIsKilledLeavesNothingBehind but what the next one removes; what is named as a backup is one.
func TestABackupThatIsKilledLeavesNothingBehind(t *testing.T) {
	e, data := aTrial(t)
	_, identity, recipient := anIdentity(t)
	if err := e.Store.Update(t.Context(), func(tx port.Tx) error {
		for i := range 3000 {
			if err := tx.PutFlow(port.FlowRecord{ID: app.FlowID(fmt.Sprint(i)), State: bytes.Repeat([]byte{'x'}, 3000)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	random := mathrand.New(mathrand.NewPCG(7, 11))
	for range 8 {
		file := filepath.Join(folder, "sparekey.age")
		child := exec.CommandContext(t.Context(), os.Args[0], "backup", file, "--to", recipient, "--data", data)
		child.Env = append(os.Environ(), asProgram+"=1")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(random.Int64N(int64(400*time.Millisecond))), func() { _ = child.Process.Kill() })
		_ = child.Wait() // killed, or done before
		if _, err := os.Stat(file); err == nil {
			run(t, "restore", file, "--verify", "--identity", identity, "--data", data)
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(t, "backup", filepath.Join(folder, "sparekey.age"), "--to", recipient, "--data", data)
	if got := names(t, folder); got != "sparekey.age" {
		t.Errorf("beside the backup: %s", got)
	}
	if got := names(t, data); strings.Contains(got, "snapshot-") {
		t.Errorf("in the data folder: %s", got)
	}
}

func TestABackupThatCannotBeReadIsRefusedWithWords(t *testing.T) {
	e, data := aTrial(t)
	_, identity, recipient := anIdentity(t)
	_, stranger, _ := anIdentity(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "sparekey.age")
	run(t, "backup", file, "--to", recipient, "--data", data)
	whole := []byte(contents(t, file))
	spoilt := func(name string, raw []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	verify := func(file, identity string) []string {
		return []string{"restore", file, "--verify", "--identity", identity, "--data", data}
	}
	all := map[string]answer{
		"over another":        {[]string{"backup", file, "--to", recipient, "--data", data}, 1, "", "is there already: name another"},
		"to nobody":           {[]string{"backup", file + "2", "--data", data}, 2, "", "--to"},
		"to something else":   {[]string{"backup", file + "2", "--to", "age1nobody", "--data", data}, 1, "", "is no recipient of age"},
		"of nothing":          {[]string{"backup", file + "2", "--to", recipient, "--data", folder}, 1, "", "there is no Sparekey in"},
		"by another identity": {verify(file, stranger), 1, "", "was encrypted to another recipient"},
		"by no identity":      {verify(file, file), 1, "", "is no file of age's identities"},
		"no backup":           {verify(identity, identity), 1, "", "is no backup of Sparekey"},
		"into what is open":   {[]string{"restore", file, "--identity", identity, "--data", data}, 1, "", "it is open already"},
		"an unknown file":     {verify(file+"none", identity), 1, "", "no such file"},
	}
	for at := 0; at < len(whole); at += len(whole)/12 + 1 {
		altered := bytes.Clone(whole)
		altered[at] ^= 1
		all[fmt.Sprintf("altered at %d", at)] = answer{verify(spoilt(fmt.Sprintf("altered%d", at), altered), identity), 1, "", "sparekey: "}
		all[fmt.Sprintf("cut at %d", at)] = answer{verify(spoilt(fmt.Sprintf("cut%d", at), whole[:at]), identity), 1, "", "damaged or cut short"}
	}
	all["cut at its end"] = answer{verify(spoilt("end", whole[:len(whole)-1]), identity), 1, "", "damaged or cut short"}
	all["with more behind"] = answer{verify(spoilt("more", append(bytes.Clone(whole), 'x')), identity), 1, "", "damaged or cut short"}
	answers(t, all)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	answers(t, map[string]answer{
		"over a trial": {[]string{"restore", file, "--identity", identity, "--data", data}, 1, "", "nothing is ever restored over it"},
	})
	if got := names(t, data); got != "directory.db keys.json sparekey.db" {
		t.Errorf("refusals left: %s", got)
	}
}

// TestARestoreWithoutItsKeysSaysWhatThatMeans, and changes nothing.
func TestARestoreWithoutItsKeysSaysWhatThatMeans(t *testing.T) {
	_, data := aTrial(t)
	_, identity, recipient := anIdentity(t)
	file := filepath.Join(t.TempDir(), "sparekey.age")
	run(t, "backup", file, "--to", recipient, "--data", data)
	elsewhere := filepath.Join(t.TempDir(), "data")
	restore := []string{"restore", file, "--identity", identity, "--data", elsewhere}
	code, out, errs := said(t, append(restore, "--verify")...)
	if code != 1 || !strings.Contains(out, " is whole") || !strings.Contains(errs, "not tried") || !strings.Contains(errs, "has to be registered anew") {
		t.Errorf("verified without keys: exit code %d: %s%s", code, out, errs)
	}
	if code, _, errs := said(t, restore...); code != 1 || !strings.Contains(errs, "the master key is not there") {
		t.Errorf("without a master key: %d: %s", code, errs)
	}
	old := copyKeys(t, data, elsewhere)
	if code, _, errs := said(t, restore...); code != 1 || !strings.Contains(errs, "the file of the data keys is not there") {
		t.Errorf("without a key file: %d: %s", code, errs)
	}
	run(t, "keys", "rotate", "--data", data)
	later := file + ".later"
	run(t, "backup", later, "--to", recipient, "--data", data)
	for _, more := range [][]string{{"--verify"}, nil} {
		args := append([]string{"restore", later, "--identity", identity, "--data", elsewhere, "--key-file", old}, more...)
		if code, out, errs := said(t, args...); code != 1 || !strings.Contains(errs, "can't be read with these keys") || !strings.Contains(errs, "registered anew") {
			t.Errorf("with the keys of before %v: exit code %d: %s%s", more, code, out, errs)
		}
	}
	if got := names(t, elsewhere); got != "" {
		t.Errorf("refused, and left: %s", got)
	}
	run(t, append(restore, "--key-file", old)...)
}

// TestARestoreThatWasCutShortIsGoneOnWith, and nothing starts on it.
func TestARestoreThatWasCutShortIsGoneOnWith(t *testing.T) {
	_, data := aTrial(t)
	_, identity, recipient := anIdentity(t)
	file := filepath.Join(t.TempDir(), "sparekey.age")
	run(t, "backup", file, "--to", recipient, "--data", data)
	elsewhere := filepath.Join(t.TempDir(), "data")
	keyFile := copyKeys(t, data, elsewhere)
	random := mathrand.New(mathrand.NewPCG(13, 17))
	args := []string{"restore", file, "--identity", identity, "--key-file", keyFile, "--data", elsewhere}
	for range 6 {
		child := exec.CommandContext(t.Context(), os.Args[0], args...)
		child.Env = append(os.Environ(), asProgram+"=1")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(random.Int64N(int64(250*time.Millisecond))), func() { _ = child.Process.Kill() })
		_ = child.Wait() // killed, or done before
		if _, err := os.Stat(filepath.Join(elsewhere, "sparekey.db")); err == nil {
			break
		}
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "sparekey.db")); err != nil { // killed each time
		if err := os.WriteFile(filepath.Join(elsewhere, "sparekey.db.restoring"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(elsewhere), Hasher: quickHasher()})
		if err == nil || !strings.Contains(err.Error(), "was cut short: call sparekey restore again") {
			t.Errorf("a start on half a restore: %v", err)
		}
		run(t, args...)
	}
	if got := names(t, elsewhere); got != "directory.db keys.json sparekey.db" {
		t.Errorf("restored: %s", got)
	}
	reopen(t, elsewhere)
	run(t, "audit", "verify", "--data", elsewhere)
	run(t, "keys", "check", "--data", elsewhere)
}

// TestHeadsThatKnowMoreThanTheBackupAreKept: they tell of the entries that are gone.
func TestHeadsThatKnowMoreThanTheBackupAreKept(t *testing.T) {
	e, data := aTrial(t)
	_, identity, recipient := anIdentity(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "sparekey.age")
	run(t, "backup", file, "--to", recipient, "--data", data)
	run(t, "keys", "rotate", "--data", data) // an entry, and its head
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	after := contents(t, setup.FoldersAt(data).Heads())
	for _, name := range []string{"sparekey.db", "directory.db"} {
		if err := os.Remove(filepath.Join(data, name)); err != nil {
			t.Fatal(err)
		}
	}
	out := run(t, "restore", file, "--identity", identity, "--data", data)
	aside, _ := filepath.Glob(setup.FoldersAt(data).Heads() + ".before-*")
	if len(aside) != 1 || contents(t, aside[0]) != after || !strings.Contains(out, aside[0]) {
		t.Errorf("the heads of before: %v; %s", aside, out)
	}
	if out := run(t, "audit", "verify", "--data", data); !allVouchedFor(out) {
		t.Errorf("the trail: %s", out)
	}
	if code, _, errs := said(t, "audit", "verify", "--data", data, "--heads", aside[0]); code != 1 {
		t.Errorf("the trail fits heads that know of entries that are gone: %s", errs)
	}
}

// TestABackupOfAnOlderVersionIsRestoredByThisOne: it was made after this program was installed, and before it was started.
func TestABackupOfAnOlderVersionIsRestoredByThisOne(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	f := setup.FoldersAt(data)
	db, err := sqlite.Open(f.Database(), sqlite.Write)
	if err == nil {
		err = sqlite.Create(f.Database())
	}
	if err != nil {
		t.Fatal(err)
	}
	older, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("../backend/store/migrations"))
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := older.UpTo(t.Context(), 12)
	master, err2 := vault.CreateMaster(f.Key, rand.Reader)
	_, err3 := vault.Create(filepath.Join(data, "keys.json"), master, rand.Reader)
	_, err4 := vault.CreateMaster(f.AuditKey(), rand.Reader)
	if err := errors.Join(err1, err2, err3, err4, db.Close()); err != nil {
		t.Fatal(err)
	}
	_, identity, recipient := anIdentity(t)
	file := filepath.Join(t.TempDir(), "sparekey.age")
	run(t, "backup", file, "--to", recipient, "--data", data)
	elsewhere := filepath.Join(t.TempDir(), "data")
	keyFile := copyKeys(t, data, elsewhere)
	run(t, "restore", file, "--identity", identity, "--key-file", keyFile, "--data", elsewhere)
	if got := names(t, elsewhere); got != "keys.json sparekey.db" {
		t.Errorf("restored: %s", got)
	}
	run(t, "audit", "verify", "--data", elsewhere)
	if got := names(t, data); got != "keys.json sparekey.db" {
		t.Errorf("the backup changed what it is of: %s", got)
	}
}
