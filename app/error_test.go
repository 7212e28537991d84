package app_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestCodeOf(t *testing.T) {
	wrong := &app.Error{Code: app.CodeWrongCode, TriesLeft: 4}
	for name, c := range map[string]struct {
		err  error
		want app.Code
	}{
		"none":    {nil, ""},
		"ours":    {wrong, app.CodeWrongCode},
		"wrapped": {fmt.Errorf("submit: %w", fmt.Errorf("prove: %w", wrong)), app.CodeWrongCode},
		"joined":  {errors.Join(io.EOF, wrong), app.CodeWrongCode},
		"foreign": {io.ErrUnexpectedEOF, app.CodeInternal},
	} {
		if got := app.CodeOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	caused := app.Errorf(app.CodeUnavailable, "ask the directory: %w", io.ErrUnexpectedEOF)
	if !errors.Is(caused, io.ErrUnexpectedEOF) || caused.Code != app.CodeUnavailable {
		t.Errorf("%v lost its cause", caused)
	}
}

func TestKinds(t *testing.T) {
	for _, k := range app.Kinds() {
		if !k.Valid() || k.Verifies() == (k == app.KindEmail || k == app.KindQuestions) {
			t.Errorf("%s: valid %v, verifies %v", k, k.Valid(), k.Verifies())
		}
	}
	if len(app.Kinds()) != 6 || app.Kind("").Valid() || app.Kind("fax").Verifies() {
		t.Error("a kind beyond the six is valid")
	}
}
