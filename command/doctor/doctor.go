package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/client/keyring"
)

// doctor examines what Sparekey needs of a computer. Its parts are what tests replace.
type doctor struct {
	system  string // runtime.GOOS
	env     func(name string) string
	bus     func() bool // whether there is a session bus, on which the keyring answers
	keyring client.Keeper
	keys    app.KeyDriver                                      // nil: this program was built without
	window  func(ctx context.Context) (said string, err error) // opens and closes one, in a process of its own
	server  string                                             // address; empty where none is set
	ask     func(ctx context.Context, server string) (serverAnswer, error)
	now     func() time.Time
}

func realDoctor(server string) doctor {
	return doctor{
		system: runtime.GOOS, keys: realKeys(), env: os.Getenv, window: openAndClose, server: server, ask: askServer, now: time.Now,
		bus: func() bool {
			return sessionBus(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), fmt.Sprintf("/run/user/%d", os.Getuid()))
		},
		keyring: &keyring.Keyring{Service: "Sparekey doctor", Account: fmt.Sprintf("probe %d", os.Getpid())},
	}
}

// examine makes every check but that of the settings.
func (d doctor) examine(ctx context.Context) []finding {
	display := d.display()
	found := []finding{d.locale(), display, d.openGL(ctx, display.Health == healthy), d.keeps(ctx), d.securityKeys(ctx)}
	return append(found, d.backend(ctx)...)
}

// checkSettings reads the settings; a file that was named must be there.
func checkSettings(path string, named bool) (settings, finding) {
	f := finding{Check: "settings", Health: healthy}
	if path == "" {
		f.Health, f.What = attention, "this person has no profile, so there are no settings and nothing is kept"
		f.Do = "Set HOME (on Windows AppData) where settings are wanted; --settings names a file"
		return settings{}, f
	}
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		f.What = "there is no " + path + ", so the window offers to connect or to try"
		return settings{}, f
	}
	var set settings
	if err == nil {
		set, err = loadSettings(path)
	}
	if err != nil {
		f.Health, f.What, f.Do = problem, err.Error(), "Mend the file, or remove it: the window does not open with it"
		return settings{}, f
	}
	f.What = path + " is good"
	if set.Server != "" {
		f.What += ", the server is " + set.Server
	}
	return set, f
}

// locale matters where the toolkit asks it how keys become letters.
func (d doctor) locale() finding {
	f := finding{Check: "locale", Health: healthy}
	if d.system == "windows" || d.system == "darwin" {
		f.What = "the system's own"
		return f
	}
	name, value := "LANG", d.env("LANG")
	for _, n := range []string{"LC_ALL", "LC_CTYPE"} { // POSIX.1-2017, 8.2: the first that is set counts
		if v := d.env(n); v != "" {
			name, value = n, v
			break
		}
	}
	_, charset, _ := strings.Cut(strings.ToLower(value), ".")
	charset, _, _ = strings.Cut(charset, "@")
	switch {
	case charset == "utf-8" || charset == "utf8":
		f.What = value
	case value == "":
		f.Health, f.What = attention, "none is set, so letters such as é can't be typed on some systems"
	default:
		f.Health, f.What = attention, fmt.Sprintf("%s is %s, which is not UTF-8: letters such as é can't be typed on some systems", name, value)
	}
	if f.Health != healthy {
		f.Do = "Set LANG to a UTF-8 locale, such as C.UTF-8"
	}
	return f
}

func (d doctor) display() finding {
	f := finding{Check: "display", Health: healthy}
	wayland, x := d.env("WAYLAND_DISPLAY"), d.env("DISPLAY")
	switch {
	case d.system == "windows" || d.system == "darwin":
		f.What = "the system's own"
	case wayland != "":
		f.What = "Wayland, " + wayland
	case x != "":
		f.What = "X11, " + x
	default:
		f.Health, f.What = problem, "there is none: neither DISPLAY nor WAYLAND_DISPLAY is set"
		f.Do = "Start Sparekey in a graphical session"
	}
	return f
}

// windowPatience is how long a window may take to open and close; a software renderer is slow.
const windowPatience = 30 * time.Second

// openGL opens a window in another process: a broken driver can end the process that tries it.
func (d doctor) openGL(ctx context.Context, display bool) finding {
	f := finding{Check: "opengl", Health: healthy}
	if !display {
		f.Health, f.What = notChecked, "there is no display to open a window on"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, windowPatience)
	defer cancel()
	said, err := d.window(ctx)
	switch {
	case err == nil:
		f.What = "a window opened and closed"
	case ctx.Err() != nil:
		f.Health, f.What = problem, fmt.Sprintf("no window opened within %v", windowPatience)
	default:
		f.Health, f.What = problem, "no window opened: "+complaint(said, err)
	}
	if err != nil {
		f.Do = "Check that the display can be reached and that its graphics driver has OpenGL 2.1; over remote desktop or in a virtual machine install Mesa's software renderer"
	}
	return f
}

// complaint is the one line that tells why no window opened: the last cause that the toolkit logged, else what it
// panicked with, else its first line, else how the process ended.
func complaint(said string, err error) string {
	var first, panicked, cause string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if first == "" {
			first = line
		}
		if text, found := strings.CutPrefix(line, "panic: "); found && panicked == "" {
			panicked = text
		}
		if _, text, found := strings.Cut(line, "Cause: "); found {
			cause = text
		}
	}
	return cmp.Or(cause, panicked, first, err.Error())
}

// openAndClose starts this program to open a window and to close it.
func openAndClose(ctx context.Context) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, self, "doctor-window")
	command.WaitDelay = time.Second
	said, err := command.CombinedOutput()
	return string(said), err
}

// sessionBus looks where the keyring's library does. Asked without a bus, that starts one, which nobody ends.
func sessionBus(address, runtimeFolder string) bool {
	if address != "" && address != "autolaunch:" {
		return true
	}
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(runtimeFolder, name)); err == nil {
			return true
		}
	}
	return false
}

// keeps sets, gets and deletes a probe. All three together may take as long as one call of the window.
func (d doctor) keeps(ctx context.Context) finding {
	if d.system != "windows" && d.system != "darwin" && !d.bus() {
		return finding{
			"keyring", attention, "there is no session bus to reach one on, so who is signed in is signed out when the window closes",
			"Start Sparekey in a graphical session, or with dbus-run-session",
		}
	}
	ctx, cancel := context.WithTimeout(ctx, keyring.Deadline)
	defer cancel()
	const probe = "probe"
	err := d.keyring.Save(ctx, app.NewSecret(probe))
	if err == nil {
		var got app.Secret
		got, err = d.keyring.Load(ctx)
		if err == nil && got.Reveal() != probe {
			err = errors.New("it gave back something else")
		}
		err = errors.Join(err, d.keyring.Forget(ctx))
	}
	if err != nil {
		return finding{
			"keyring", attention, "it keeps nothing, so who is signed in is signed out when the window closes: " + err.Error(),
			"Unlock the login keyring, or install one (gnome-keyring, KWallet)",
		}
	}
	return finding{Check: "keyring", Health: healthy, What: "a probe was kept, read and deleted"}
}
