//go:build linux

package desktop

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/command/setup"
)

// crowd are people who come to a kiosk one after the other.
type crowd struct {
	*station
	o      *organisation
	r      *rand.Rand
	keys   string // socket of the security keys
	people []setup.SamplePerson
	who    setup.SamplePerson // is at it
	n      int                // people who came
	turn   []int              // the ways of those who come next
	took   []time.Duration    // by way, all together
}

const keyPIN = "harbour-42"

// quick has Mesa paint by the quicker of its software renderers, without threads of its own.
var quick = []string{"GALLIUM_DRIVER=llvmpipe", "LP_NUM_THREADS=0"}

// small has the toolkit draw as on a screen of 800 × 600, in a tenth of its pixels, which are most of what painting costs.
const small = "FYNE_SCALE=0.3"

// newCrowd opens a kiosk beside virtual security keys, one of which belongs to the first of the people.
func newCrowd(t *testing.T, seed uint64) *crowd {
	t.Helper()
	needs(t, "umockdev-wrapper", "gcc")
	t.Logf("seed %d", seed)
	c := &crowd{o: newOrganisation(t), r: rand.New(rand.NewPCG(seed, 7)), took: make([]time.Duration, len(ways)), keys: filepath.Join(t.TempDir(), "keys")}
	err := administer(t.Context(), c.o.trial.Administration().Policies, "recovery.starts_per_hour = 60")
	if err != nil {
		t.Fatal(err)
	}
	drawer := filepath.Join(t.TempDir(), "virtualkey")
	if out, err := exec.Command("../../scripts/go", "build", "-o", drawer, "../../methods/securitykey/usb/ctaptest/virtualkey").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command("../../scripts/virtualusb", drawer, c.keys, os.Args[0])
	c.station = newStationBy(cmd, newScreen(t, 240, 180), c.o.address, append(quick, small, "SSL_CERT_FILE="+c.o.certificate, "SSL_CERT_DIR=/nonexistent",
		"HOME="+t.TempDir(), "SPAREKEY_TEST_REGISTRATION=1")...)
	for _, state := range []string{"registered", "stale", "admin"} {
		c.people = append(c.people, person(t, state))
	}
	c.registerKey()
	return c
}

// key has the security key do something.
func (c *crowd) key(what string) {
	c.t.Helper()
	if err := order(c.t.Context(), c.keys, what+" 0"); err != nil {
		c.t.Fatal(err)
	}
}

// fill types into an element, and waits until it is there.
func (c *crowd) fill(key, text string) {
	c.t.Helper()
	c.s.write(text)
	c.has(key, text)
}

// registerKey has the first of the people register the key, by the kiosk.
func (c *crowd) registerKey() {
	c.t.Helper()
	ben := c.people[0]
	c.tap("kiosk.register")
	c.at("sign_in")
	c.fill("sign_in.user_id", ben.UserID)
	c.s.press(codeTab)
	c.fill("sign_in.password", ben.Password)
	c.s.press(codeEnter)
	c.at("code")
	c.s.write(ben.Code(c.o.clock.Now()))
	c.at("info")
	c.tap("info.add")
	c.key("plug")
	c.tap("add.securitykey")
	c.says("Set a PIN for your key")
	c.fill("key.new", keyPIN)
	c.tap("key.repeat")
	c.fill("key.repeat", keyPIN)
	c.s.press(codeEnter)
	c.says("Name your key")
	c.s.press(codeEnter)
	c.at("info")
	c.key("unplug")
	c.leave()
}

// leave is how somebody goes who is not at the first page.
func (c *crowd) leave() {
	c.t.Helper()
	c.tap("kiosk.start_over")
	c.at("kiosk")
}

// begin says who it is.
func (c *crowd) begin() {
	c.t.Helper()
	c.tap("kiosk.forgot")
	c.at("user_id")
	c.fill("user_id.field", c.who.UserID)
}

// choose goes on to the choice of ways.
func (c *crowd) choose() {
	c.t.Helper()
	c.begin()
	c.s.press(codeEnter)
	c.at("choose")
}

// first proves the first of two things, with a code by mail.
func (c *crowd) first() {
	c.t.Helper()
	c.tap("choose.email")
	c.at("address")
	c.fill("address.field", c.who.Mail)
	c.s.press(codeEnter)
	c.at("code")
	c.s.write(c.o.mailed(c.station, c.who.Mail))
	if c.who.State == c.people[0].State { // who has the key as well
		c.at("choose")
		c.tap("choose.authapp")
	}
	c.says("authenticator")
}

// anew chooses a new password.
func (c *crowd) anew() {
	c.t.Helper()
	c.at("new_password")
	password := fmt.Sprintf("Quokka-lemon-%d-wharf", c.n)
	c.fill("password.new", password)
	c.tap("password.again")
	c.fill("password.again", password)
	c.s.press(codeEnter)
	c.at("done")
}

// The ways in which people come and go.
var ways = []struct {
	name string
	walk func(*crowd)
}{
	{"finishes", func(c *crowd) {
		c.choose()
		c.first()
		c.s.write(c.who.Code(c.o.clock.Now()))
		c.anew()
		c.leave()
	}},
	{"takes the key out too early", func(c *crowd) {
		c.who = c.people[0]
		c.key("wait")
		c.choose()
		c.tap("choose.securitykey")
		c.says("Plug in your security key")
		c.key("plug")
		c.says("Type your key's PIN")
		c.fill("key.pin", keyPIN)
		c.s.press(codeEnter)
		c.says("Touch your key")
		c.key("unplug")
		c.says("was taken out")
		c.leave()
		c.key("grant")
	}},
	{"finishes with the key", func(c *crowd) {
		c.who = c.people[0]
		c.choose()
		c.key("plug")
		c.tap("choose.securitykey")
		c.says("Type your key's PIN")
		c.fill("key.pin", keyPIN)
		c.s.press(codeEnter)
		c.anew()
		c.key("unplug")
		c.leave()
	}},
	{"waits while the network is lost", func(c *crowd) {
		c.begin()
		c.o.wire.lose()
		c.s.press(codeEnter)
		c.await("user_id true", "page")
		c.o.wire.found()
		c.at("choose")
		c.leave()
	}},
	{"types while the network is lost, and waits until it is asked again", func(c *crowd) {
		c.tap("kiosk.forgot")
		c.at("user_id")
		c.o.wire.away()
		c.fill("user_id.field", c.who.UserID)
		c.s.press(codeEnter)
		c.says("Try again")
		c.o.wire.back()
		c.pass(time.Minute) // sooner or later it asks again by itself
		c.at("choose")
		c.leave()
	}},
	{"gives up since the network is lost", func(c *crowd) {
		c.choose()
		c.o.wire.away()
		c.tap("choose.email")
		c.says("Try again")
		c.leave()
		c.o.wire.back()
	}},
	{"goes on at a server that was restarted", func(c *crowd) {
		c.choose()
		c.o.restart()
		c.first()
		c.leave()
	}},
	{"walks away", func(c *crowd) {
		c.begin()
		c.pass(idle)
		c.says("Are you still there?")
		c.pass(21 * time.Second) // each second is counted a little late
		c.at("kiosk")
	}},
	{"starts over", func(c *crowd) {
		c.choose()
		c.leave()
	}},
}

// pass lets time pass, at the server and at the kiosk.
func (c *crowd) pass(d time.Duration) {
	c.t.Helper()
	c.o.clock.pass(d)
	if err := c.ask("pass", d.String()); err != "<nil>" {
		c.t.Fatal(err)
	}
}

// next has somebody come, and go in one of the ways.
func (c *crowd) next(way int) {
	c.t.Helper()
	c.who = c.people[c.r.IntN(len(c.people))]
	ways[way].walk(c)
	c.nobody()
}

// nobody has nobody come for as long as that usually is, and all that the kiosk does meanwhile is done.
func (c *crowd) nobody() {
	c.t.Helper()
	for _, d := range []time.Duration{2 * time.Second, 20 * time.Second, between - 22*time.Second} { // what was typed is overwritten with each
		c.pass(d)
		c.ask("settled")
	}
	c.s.press(codeShift) // wakes the screen
	c.at("kiosk")
}
