// Package tour is the app acting on itself: it does in the real window what a person would do, tapping and typing
// through the widgets, saves a picture of each page in light and dark, and writes down each step and check. Its one
// shortcut is to read the message tray, as a person reads their phone and mailbox. It exists in the trial, and in a lab, which has
// the trial's people and messages at a server.
package tour

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui"
)

// Options are what a tour needs.
type Options struct {
	Window *ui.Window
	Trial  *ui.Trial // the sample people, and what their phones and mailboxes get
	Served bool      // the window is a server's: nothing in it is the trial's, and the policy stays as it is
	// InDomain says that the people are in a domain with rules of its own, such as a minimum age.
	InDomain bool
	// Delivers says that messages take their real ways, which take their time: a call speaks before its code is known.
	Delivers bool
	Code     func(secret string, at time.Time) (string, error) // what an authenticator app shows for a base32 secret
	// Key plugs a virtual security key in ("plug 0"), takes it out ("unplug 0") or touches it ("touch 0"); from "wait 0" on
	// it waits for a touch. From "terse 0" on another one has its place, which says little of itself. nil: there are none, and
	// the stories with keys are passed over.
	Key   func(order string) error
	Terse bool                // the stories with keys are told with such ones
	Clock func() time.Time    // the window's and the backend's
	Pass  func(time.Duration) // lets so much of its time pass at once
	// Provider has what carries the trial's messages fail, or say what became of them: "away", "refuses", "arrives", "undelivered"; "well"
	// ends that. nil: it can't.
	Provider func(order string) error
	// Policy puts the trial's own policy in force, with the settings of a change replaced; none: as it was.
	Policy   func(change string) error
	Stories  []string // tell these only; none: all
	Resets   int      // how often the person of the registration resets the password afterwards
	Pictures []string // names of the pages to take pictures of; "all" stands for every one
	Out      string   // folder for pictures and transcript
	Log      io.Writer
}

// Transcript is what happened, as JSON beside the pictures.
type Transcript struct {
	Started  time.Time `json:"started"`
	Took     string    `json:"took"`
	Steps    []Record  `json:"steps"`
	Pictures []string  `json:"pictures"`
	Failed   int       `json:"failed"`
}

// Record is one step or check.
type Record struct {
	Story string `json:"story"`
	Step  string `json:"step"`
	Took  string `json:"took"`
	Error string `json:"error,omitempty"`
}

func (t *Transcript) record(story, step string, err error, took time.Duration) {
	r := Record{Story: story, Step: step, Took: took.Round(time.Millisecond).String()}
	if err != nil {
		r.Error = err.Error()
		t.Failed++
	}
	t.Steps = append(t.Steps, r)
}

// withKeys reports whether somebody in it has security keys.
func (s story) withKeys() bool { return s.name == keyStory || s.name == careStory }

// needsDomain is why some stories are told in a lab alone.
const needsDomain = "it needs a domain"

// needsDelivery is why others are.
const needsDelivery = "it needs real delivery"

// passOver says why a story can't be told; empty where it can.
func (o Options) passOver(s story) string {
	switch {
	case o.Served && !s.served:
		return "it needs the trial"
	case !o.InDomain && s.domain:
		return needsDomain
	case !o.Delivers && s.real:
		return needsDelivery
	case s.withKeys() && o.Key == nil:
		return "there are no virtual keys"
	}
	return ""
}

// Run performs every story and returns an error when a step of one failed; the stories after it are performed all the
// same. It must not be called on the window's thread.
func Run(ctx context.Context, o Options) error {
	if o.Trial == nil {
		return &app.Error{Code: app.CodeForbidden, Cause: fmt.Errorf("the tour is for the trial only")}
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return err
	}
	v := &visitor{
		ctx: ctx, o: o, out: Transcript{Started: time.Now()},
		phones: map[string]string{}, read: map[string]bool{}, taken: map[string]bool{}, shown: map[string]int64{}, passwords: map[string]string{},
	}
	for _, s := range stories() {
		if len(o.Stories) > 0 && !slices.Contains(o.Stories, s.name) {
			continue
		}
		if why := o.passOver(s); why != "" {
			fmt.Fprintf(o.Log, "%s: passed over: %s\n", s.name, why)
			continue
		}
		v.story, v.err = s.name, nil
		if s.withKeys() && o.Terse {
			v.handle("terse 0")
			v.handle("terse 1")
			v.handle("terse 2")
		}
		s.tell(v)
		v.restorePolicy()
		if v.err != nil { // the next story begins where a person would
			v.on(func() {
				o.Window.Go(ui.Route{Place: ui.PlaceHome})
				v.tapped("rail.sign_out")
			})
		}
	}
	v.resetAgain(o.Resets)
	v.out.Took = time.Since(v.out.Started).Round(time.Second).String()
	if err := v.save(); err != nil {
		return err
	}
	fmt.Fprintf(o.Log, "%d steps, %d failed, %d pictures in %s, %s\n", len(v.out.Steps), v.out.Failed, len(v.out.Pictures), o.Out, v.out.Took)
	if v.out.Failed > 0 {
		return fmt.Errorf("%d steps of the tour failed", v.out.Failed)
	}
	return ctx.Err()
}

func (v *visitor) save() error {
	data, err := json.MarshalIndent(v.out, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(v.o.Out, "transcript.json"), append(data, '\n'), 0o644)
}
