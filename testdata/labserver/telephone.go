package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/command/setup"
)

// The organisation's exchange: one softphone with all telephones. Softphones overlook loopback addresses.
const (
	exchangeHost    = "pbx.harbour.example"
	exchangeAt      = "10.9.9.1:5060" // by TLS at the next port
	exchangeControl = "10.9.9.1:5065"
	language        = "en" // of calls
)

// tourNumbers are called in the tour; they are kept for fiction.
var tourNumbers = []string{"+61491570156", "+442079460000"}

// telephone is a baresip at work, which picks up who is called, one at a time.
type telephone struct {
	part
	dir   string
	conn  net.Conn
	write sync.Mutex
	made  int
}

// event is what happens on the telephone.
type event struct {
	Type    string `json:"type"`
	Account string `json:"accountaor"` // "sip:NUMBER@HOST"
	Param   string `json:"param"`
}

// startTelephone starts it.
func startTelephone(folder string) (*telephone, error) {
	t := &telephone{dir: filepath.Join(folder, "telephone")}
	if err := os.Mkdir(t.dir, 0o700); err != nil {
		return nil, err
	}
	certificate, err := os.ReadFile(filepath.Join(folder, "cert.pem"))
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(filepath.Join(folder, "key.pem"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(t.dir, "tls.pem"), append(certificate, key...), 0o600); err != nil {
		return nil, err
	}
	start, err := calltest.MakeBaresip(t.dir, exchangeAt, exchangeControl, "audio_codecs=PCMA,PCMU;mediaenc=srtp-mand", numbers()...)
	if err != nil {
		return nil, err
	}
	if err := t.start("baresip", start, filepath.Join(folder, "baresip.log")); err != nil {
		return nil, err
	}
	return t, t.await(func() (err error) {
		t.conn, err = net.Dial("tcp", exchangeControl)
		return err
	})
}

// numbers are those that are somebody's; any other can't be called.
func numbers() (all []string) {
	for _, p := range setup.SampleDirectoryPeople() {
		if p.Mobile != "" {
			all = append(all, p.Mobile)
		}
	}
	all = append(all, tourNumbers...)
	return append(all, strings.Fields(os.Getenv("NUMBERS"))...)
}

// end ends it.
func (t *telephone) end() error {
	if t == nil {
		return nil
	}
	return errors.Join(t.stop(nil), t.conn.Close())
}

// order has it do something, as its keys do.
func (t *telephone) order(command, params string) error {
	text, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		return err
	}
	t.write.Lock()
	defer t.write.Unlock()
	_, err = fmt.Fprintf(t.conn, "%d:%s,", len(text), text)
	return err
}

// watch answers calls, until ctx ends.
func (t *telephone) watch(ctx context.Context, got func(app.Message) error) error {
	stop := context.AfterFunc(ctx, func() { _ = t.conn.SetReadDeadline(time.Now()) })
	defer stop()
	var ears sync.WaitGroup
	defer ears.Wait()
	var call *call
	before := calltest.Recordings(t.dir)
	for in := bufio.NewReader(t.conn); ; {
		e, err := next(in)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the telephone says nothing more: %w", err)
		}
		switch e.Type {
		case "CALL_ESTABLISHED":
			if err := t.order("uafind", e.Account); err != nil { // keys are those of the telephone that was taken up last
				return err
			}
			listening, hang := context.WithCancel(ctx)
			name, _, _ := strings.Cut(strings.TrimPrefix(e.Account, "sip:"), "@")
			call = newCall(t, name, before, hang)
			answered := call
			ears.Go(func() { answered.listen(listening, got) })
		case "CALL_DTMF_START":
			if call != nil {
				call.dialled(e.Param)
			}
		case "CALL_CLOSED":
			if call != nil {
				call.over()
				call, before = nil, calltest.Recordings(t.dir)
			}
		}
	}
}

// next reads an event: a netstring of JSON.
func next(in *bufio.Reader) (e event, err error) {
	length, err := in.ReadString(':')
	if err != nil {
		return e, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil || n < 0 || n > 1<<16 {
		return e, errors.Join(errors.New("no netstring"), err)
	}
	text := make([]byte, n+1) // with the comma
	if _, err := io.ReadFull(in, text); err != nil {
		return e, err
	}
	return e, json.Unmarshal(text[:n], &e)
}

// call is one that was answered.
type call struct {
	phone  *telephone
	number string
	before []string // recordings of calls before
	over   func()

	mu        sync.Mutex
	extension string
}

func newCall(t *telephone, number string, before []string, over func()) *call {
	t.made++
	return &call{phone: t, number: number, before: slices.Clone(before), over: over}
}

// dialled notes a key that the caller presses: an extension's.
func (c *call) dialled(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.extension += key
}

// to is who is called, as the app writes it.
func (c *call) to() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.extension == "" {
		return c.number
	}
	return c.number + ";ext=" + c.extension
}

// listen does what a person does: presses a key when asked to, writes the code down, and hangs up when it begins anew.
func (c *call) listen(ctx context.Context, got func(app.Message) error) {
	err := c.hear(ctx, func(m app.Message) error {
		m.ID, m.Channel, m.To = number("call", c.phone.made), app.KindVoice, c.to()
		return errors.Join(got(m), c.phone.order("hangup", ""))
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "the telephone:", err)
	}
}

// hear recognises what is said, until it was understood or the call is over.
func (c *call) hear(ctx context.Context, understood func(app.Message) error) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	pressed := 0 // samples until then
	return every(ctx, func() error {
		samples, err := calltest.Recorded(c.phone.dir, c.before...)
		if err != nil {
			return err
		}
		heard := strings.Fields(calltest.Spoken(samples[min(pressed, len(samples)):], language))
		if pressed == 0 && (slices.Contains(heard, "press") || slices.Contains(heard, "test")) {
			pressed = len(samples)
			return c.phone.order("sndcode", "1")
		}
		if slices.Contains(heard, "right") {
			enough()
			return understood(app.Message{Template: app.MessageTest})
		}
		if code, is := spelled(heard); is {
			enough()
			return understood(app.Message{Template: app.MessageCode, Code: code})
		}
		return nil
	})
}

// spelled gives the digits between what stands before and behind a code.
func spelled(heard []string) (code string, is bool) {
	begin, end := slices.Index(heard, "code"), slices.Index(heard, "again")
	if begin < 0 || end < begin {
		return "", false
	}
	return strings.Join(heard[begin+1:end], ""), true
}
