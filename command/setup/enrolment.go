package setup

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/app/signed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/client"
)

// Enrolment is what an enrolled station knows of itself, in a file that nobody else may read.
type Enrolment struct {
	Server  string `toml:"server"`  // where it is enrolled; nowhere else anything is signed
	Station string `toml:"station"` // its ID
	Name    string `toml:"name"`    // as it was called when it enrolled
	Seed    string `toml:"key"`     // of its Ed25519 key (RFC 8032, section 5.1.5), base64
}

// maxEnrolment is the largest such file, in bytes.
const maxEnrolment = 4 << 10

// systemStationKey is where a computer's key lies: of the computer, where only root puts something; on Windows, whose folders
// for the whole computer everybody may read, of the account.
func systemStationKey() string {
	switch runtime.GOOS {
	case "windows":
		dir, err := os.UserCacheDir() // %LocalAppData%, which does not roam
		if err != nil {
			return ""
		}
		return filepath.Join(dir, "Sparekey", "station.key")
	case "darwin":
		return "/Library/Application Support/Sparekey/station.key"
	}
	return "/etc/sparekey/station.key"
}

// StationKeyPath is where the station's key is looked for.
func (s Settings) StationKeyPath() string {
	if s.StationKey != "" {
		return s.StationKey
	}
	return systemStationKey()
}

// Enrolment is this computer's as a station; nil where it is none, or where the account that asks is none of those that act
// for it: it may not read the file. The error is one of words; others may read the file, or it is no such file.
func (s Settings) Enrolment() (*Enrolment, error) {
	path := s.StationKeyPath()
	e, err := readEnrolment(path)
	switch {
	case path == "", errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, nil
	case err != nil:
		return nil, InWords(err)
	}
	return &e, nil
}

// readEnrolment reads a key file. What is wrong with it is a *config.Problems.
func readEnrolment(path string) (Enrolment, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Enrolment{}, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return Enrolment{}, &config.Problems{File: path, List: []app.Problem{app.NewProblem("", "others_may_read")}}
	}
	data, err := config.Read(path, maxEnrolment)
	if err != nil {
		return Enrolment{}, err
	}
	var e Enrolment
	if err := config.Decode(path, data, &e); err != nil {
		return Enrolment{}, err
	}
	if _, err := e.key(); err != nil || e.Station == "" || CheckServer(e.Server) != nil {
		return Enrolment{}, &config.Problems{File: path, List: []app.Problem{app.NewProblem("", "no_station_key")}}
	}
	return e, nil
}

// key is what signs.
func (e Enrolment) key() (*signed.Key, error) {
	seed, err := base64.StdEncoding.Strict().DecodeString(e.Seed)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("not the seed of a key")
	}
	return &signed.Key{Station: app.StationID(e.Station), Private: ed25519.NewKeyFromSeed(seed)}, nil
}

// signer is the key that signs what goes to a server; nil where this computer is no station of its.
func (s Settings) signer(server string) (*signed.Key, error) {
	e, err := s.Enrolment()
	if err != nil || e == nil || e.Server != server {
		return nil, err
	}
	return e.key()
}

// OwnStation asks the server what it knows of this computer as a station. CodeNoStation where it is none of its.
func (f InForce) OwnStation(ctx context.Context) (app.Station, error) {
	c, err := f.client(f.Server)
	if err != nil {
		return app.Station{}, err
	}
	return c.OwnStation(ctx)
}

// Enrol makes a key for this computer, enrols it at the server with a one-time code, and keeps it for an account; empty: for
// who asks. Nothing is kept where the server refuses. The error is an *app.Error, or one of words.
func (f InForce) Enrol(ctx context.Context, code app.Secret, account string) (made Enrolment, err error) {
	path := f.StationKeyPath()
	if err := vacant(path); err != nil {
		return Enrolment{}, err
	}
	trust, err := f.trust()
	if err != nil {
		return Enrolment{}, err
	}
	kept, err := prepareKey(path, account)
	if err != nil {
		return Enrolment{}, fmt.Errorf("%s: %w", words.Text("command.station.unkept", words.Values{"file": path}), err)
	}
	defer func() {
		if wrong := kept.drop(); err == nil {
			err = wrong
		}
	}()
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand.Reader, seed); err != nil {
		return Enrolment{}, err
	}
	station, err := (&client.Client{Base: f.Server, Trust: trust, Station: Station()}).EnrolStation(ctx, code, ed25519.NewKeyFromSeed(seed))
	if err != nil {
		return Enrolment{}, err
	}
	e := Enrolment{Server: f.Server, Station: string(station.ID), Name: station.Name, Seed: base64.StdEncoding.EncodeToString(seed)}
	if err := kept.keep(e); err != nil {
		return Enrolment{}, fmt.Errorf("%s: %w", words.Text("command.station.unkept", words.Values{"file": path}), err)
	}
	return e, nil
}

// vacant says why there is no place for a new key: there is one, or something else. What an enrolment left that was cut off is
// nothing.
func vacant(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil
	}
	old, err := readEnrolment(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", words.Text("command.station.unkept", words.Values{"file": path}), InWords(err))
	}
	return errors.New(words.Text("command.station.enrolled_already", words.Values{"name": old.Name, "server": old.Server, "file": path}))
}

// String is the file.
func (e Enrolment) String() string {
	return fmt.Sprintf("# The key by which a Sparekey server knows this computer. Nobody else may read it; it belongs in no backup.\n"+
		"server = %q\nstation = %q\nname = %q\nkey = %q\n", e.Server, e.Station, e.Name, e.Seed)
}

// keptKey is a file that is to become a key's: it is made, empty, before a code is used up, so that what can't be kept is never
// enrolled.
type keptKey struct {
	path, account string
	kept          bool
}

func prepareKey(path, account string) (*keptKey, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	k := &keptKey{path: path, account: account}
	if err := k.write(""); err != nil {
		return nil, errors.Join(err, k.drop())
	}
	return k, nil
}

// write writes the file, for its account alone.
func (k *keptKey) write(content string) error {
	err := files.Replace(k.path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
	if err != nil {
		return err
	}
	return giveTo(k.path, k.account)
}

// keep puts the key into the file.
func (k *keptKey) keep(e Enrolment) error {
	err := k.write(e.String())
	k.kept = err == nil
	return err
}

// drop takes away a file that became no key's.
func (k *keptKey) drop() error {
	if k.kept {
		return nil
	}
	if err := os.Remove(k.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// giveTo makes an account the owner of a file; empty: it stays with who made it.
func giveTo(path, account string) error {
	if account == "" {
		return nil
	}
	owner, err := user.Lookup(account)
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil { // no number, as on Windows
		return errors.ErrUnsupported
	}
	gid, err := strconv.Atoi(owner.Gid)
	if err != nil {
		return errors.ErrUnsupported
	}
	return os.Chown(path, uid, gid)
}
