package desktop

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/client/keyring"
	"github.com/sparekey/sparekey/command/desktop/instance"
	"github.com/sparekey/sparekey/command/desktop/sound"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/ui"
)

// appID is the program's name for the platform; FyneApp.toml says the same.
const appID = "app.sparekey.desktop"

// shelter goes to a folder of its own, which is gone afterwards, where there is no profile: the toolkit keeps its
// preferences in the working folder then.
func shelter() (leave func() error, err error) {
	if _, err := os.UserConfigDir(); err == nil {
		return func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "sparekey-")
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(os.Chdir(os.TempDir()), os.RemoveAll(dir)) }, os.Chdir(dir)
}

// desk is the desktop program: the window, and what was opened for it and has to be closed after it.
type desk struct {
	mu      sync.Mutex
	trial   *embedded
	folders folders
	policy  string             // the file that manages the trial's policy, or empty
	claim   *instance.Instance // nil: nobody can raise the window
	log     io.Writer
}

// openWindow opens the window on the organisation's server, or, without one, on "connect or try".
func openWindow(ctx context.Context, set settings, path string, d *desk) error {
	o := ui.Options{
		Appearance: set.Appearance,
		Connect: func(ctx context.Context, address string) (app.Services, error) {
			return connect(ctx, path, address)
		},
		Try: d.openTrial,
	}
	if set.Server != "" {
		o.Services = remote(set.Server).Services()
	}
	return errors.Join(d.show(ctx, o, nil), d.close())
}

// openTrialWindow opens the window on the trial at once.
func openTrialWindow(ctx context.Context, c *tryCommand, d *desk) error {
	d.policy = c.Policy
	if c.Data != "" {
		d.folders = foldersAt(c.Data)
	}
	if c.Fresh {
		if err := d.fresh(); err != nil {
			return errors.Join(err, d.close())
		}
	}
	o := ui.Options{Appearance: c.Appearance}
	var err error
	if o.Services, o.Trial, err = d.openTrial(ctx); err != nil {
		return errors.Join(err, d.close())
	}
	return errors.Join(d.show(ctx, o, nil), d.close())
}

// fresh takes an earlier trial's data away.
func (d *desk) fresh() error {
	if d.folders == (folders{}) {
		var err error
		if d.folders, err = trialFolders(); err != nil {
			return err
		}
	}
	return d.folders.remove()
}

// show runs the window until it is closed or ctx ends. It must be called on the main goroutine. then, when given, is
// called on a goroutine of its own once the window is there.
func (d *desk) show(ctx context.Context, o ui.Options, then func(*ui.Window)) error {
	leave, err := shelter()
	if err != nil {
		return err
	}
	o.QR = authapp.Modules
	o.Play = play
	o.Version = version
	locale := lang.SystemLocale().String()
	o.Region, o.Language = region(locale), locale
	keys := &keyDrawer{}
	if usb.Supported {
		driver := usb.New()
		keys.KeyDriver = driver
		o.Keys, o.KeyCare = keys, driver
	}
	a := fyneapp.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("sparekey.png", assets.AppIcon))
	win := a.NewWindow("Sparekey")
	w := ui.New(a, win, o)
	open, shut := context.WithCancel(ctx)
	defer shut()
	a.Lifecycle().SetOnStarted(func() {
		if d.claim != nil {
			go raised(open, d.claim, d.log, func() { fyne.Do(func() { win.Show(); win.RequestFocus() }) })
		}
		if then != nil {
			go then(w)
		}
	})
	ended := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			fyne.Do(a.Quit)
		case <-ended:
		}
	}()
	win.ShowAndRun()
	close(ended)
	w.Close()
	keys.rest()
	return leave()
}

// openTrial opens the sample organisation, once, and gives the way to it.
func (d *desk) openTrial(ctx context.Context) (app.Services, *ui.Trial, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.trial == nil {
		if d.folders == (folders{}) {
			var err error
			if d.folders, err = trialFolders(); err != nil {
				return app.Services{}, nil, err
			}
		}
		opened, err := openTrial(context.WithoutCancel(ctx), trialConfig{folders: d.folders, policy: d.policy})
		if err != nil {
			return app.Services{}, nil, err
		}
		d.trial = opened
	}
	c := inProcess(d.trial.handler)
	c.Keep = &keyring.Keyring{Service: "Sparekey trial", Account: d.folders.data}
	return c.Services(), &ui.Trial{People: samples(), Tray: d.trial.tray, Pass: d.trial.givePass}, nil
}

func (d *desk) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var err error
	if d.trial != nil {
		err = d.trial.Close()
	}
	if d.claim != nil {
		err = errors.Join(err, d.claim.Close())
	}
	return err
}

// inProcess is a client of a backend in this process: no port is opened.
func inProcess(handler http.Handler) *client.Client {
	return &client.Client{Transport: client.InProcess(handler), Station: station()}
}

// remote is a client of the organisation's server.
func remote(server string) *client.Client {
	return &client.Client{
		Base: server, Station: station(),
		Keep: &keyring.Keyring{Service: "Sparekey", Account: server},
	}
}

// connect looks whether a server answers at the address, and keeps it in the settings.
func connect(ctx context.Context, path, address string) (app.Services, error) {
	if err := checkServer(address); err != nil {
		return app.Services{}, &app.Error{Code: app.CodeOffline, Field: "address", Params: map[string]string{"reason": "address"}, Cause: err}
	}
	services := remote(address).Services()
	if _, err := services.Front.Organisation(ctx); err != nil {
		return app.Services{}, err
	}
	return services, saveServer(path, address)
}

// station is what this workstation calls itself; empty when it doesn't say.
func station() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// play plays what a call says.
func play(ctx context.Context, wav []byte) error {
	samples, err := prompt.Samples(wav)
	if err != nil {
		return err
	}
	return sound.Play(ctx, sound.Sound{Rate: prompt.Rate, Samples: samples, WAV: wav})
}

var regionForm = regexp.MustCompile(`^[A-Z]{2}$`)

// region is the country that a locale names (BCP 47: "en-GB", "zh-Hant-TW"); empty when it names none.
func region(locale string) string {
	for _, part := range strings.Split(locale, "-")[1:] {
		if regionForm.MatchString(part) {
			return part
		}
	}
	return ""
}
