package receipt

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// source is a provider that a test is in charge of.
type source struct {
	name  string
	all   []port.Receipt
	err   error
	about string
}

func (s *source) ReceiptName() string { return s.name }

func (s *source) ReadReceipts(about string, _ http.Header, _ []byte) ([]port.Receipt, error) {
	s.about = about
	return s.all, s.err
}

// taker notes what it gets.
type taker struct {
	got []port.Receipt
	err error
}

func (k *taker) TakeReceipt(_ context.Context, r port.Receipt) error {
	k.got = append(k.got, r)
	return k.err
}

// TestWhatADoorLetsIn, and what it says of the rest.
func TestWhatADoorLetsIn(t *testing.T) {
	broken := errors.New("the store is away")
	r := port.Receipt{Provider: "main api.example", ID: "SM01", Arrived: true}
	for name, row := range map[string]struct {
		to     string
		err    error // of reading
		taking error
		code   app.Code // "" for none
		own    error
		taken  int
		logged string
	}{
		"well":         {to: "main", taken: 1},
		"nobody known": {to: "main", taking: port.ErrNotFound, taken: 1},
		"not signed":   {to: "main", err: ErrNotSigned, code: app.CodeForbidden, logged: "reason=signature refused=1"},
		"none":         {to: "main", err: ErrNone, code: app.CodeBadRequest, logged: "reason=form refused=1"},
		"other name":   {to: "other", code: app.CodeBadRequest},
		"no name":      {to: "", code: app.CodeBadRequest},
		"no secret":    {to: "main", err: broken, own: broken},
		"no store":     {to: "main", taking: broken, own: broken, taken: 1},
	} {
		var log bytes.Buffer
		k := &taker{err: row.taking}
		d := New(k, slog.New(slog.NewTextHandler(&log, nil)), &source{name: "main", all: []port.Receipt{r}, err: row.err}, &source{})
		err := d.Take(t.Context(), row.to, http.Header{}, []byte("canary"))
		var coded *app.Error
		switch {
		case row.code != "" && (!errors.As(err, &coded) || coded.Code != row.code):
			t.Errorf("%s: %v, want %s", name, err, row.code)
		case row.own != nil && !errors.Is(err, row.own), row.code == "" && row.own == nil && err != nil:
			t.Errorf("%s: %v", name, err)
		}
		if len(k.got) != row.taken || row.taken > 0 && k.got[0] != r {
			t.Errorf("%s: %+v was taken", name, k.got)
		}
		if !strings.Contains(log.String(), row.logged) || strings.Contains(log.String(), "canary") || strings.Contains(log.String(), "SM01") {
			t.Errorf("%s: the log has %s", name, log.String())
		}
	}
}

// TestAnAddressMayHaveAMessagesID, for who verifies it; it is in no log.
func TestAnAddressMayHaveAMessagesID(t *testing.T) {
	var log bytes.Buffer
	s := &source{name: "main", err: ErrNotSigned}
	d := New(&taker{}, slog.New(slog.NewTextHandler(&log, nil)), s)
	if err := d.Take(t.Context(), "main.m-41", http.Header{}, nil); app.CodeOf(err) != app.CodeForbidden || s.about != "m-41" || strings.Contains(log.String(), "m-41") {
		t.Errorf("%v, about %q: %s", err, s.about, log.String())
	}
}

// TestAStrangerFillsNoLog: the first requests that are no receipts are told one by one, and then how many there were.
func TestAStrangerFillsNoLog(t *testing.T) {
	var log bytes.Buffer
	d := New(&taker{}, slog.New(slog.NewTextHandler(&log, nil)), &source{name: "main", err: ErrNotSigned})
	for range 5000 {
		if err := d.Take(t.Context(), "main", http.Header{}, nil); err == nil {
			t.Fatal("it was taken")
		}
	}
	if n := strings.Count(log.String(), "\n"); n < 10 || n > 30 || d.Refused() != 5000 {
		t.Errorf("%d lines for %d requests", n, d.Refused())
	}
}
