package wire

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestVersionsAreReadAsTheyAreWritten(t *testing.T) {
	for _, v := range []Versions{{1, 1}, {1, 3}, {12, 345}, Spoken} {
		if got, err := ReadVersions(v.String()); err != nil || got != v {
			t.Errorf("%s came back as %v, %v", v, got, err)
		}
	}
	for _, odd := range []string{"", "1", "-", "1-", "-1", "0-1", "3-2", "1-2-3", "1-x", " 1-1", "1-70000", "+1-2"} {
		if got, err := ReadVersions(odd); err == nil {
			t.Errorf("%q was read as %v", odd, got)
		}
	}
}

func TestTheSideThatIsTooOldIsNamed(t *testing.T) {
	for _, c := range []struct {
		client, server Versions
		want           app.Code
	}{
		{Versions{1, 1}, Versions{1, 1}, ""}, {Versions{1, 3}, Versions{3, 5}, ""}, {Versions{3, 5}, Versions{1, 3}, ""},
		{Versions{1, 2}, Versions{3, 5}, app.CodeAppOld}, {Versions{3, 5}, Versions{1, 2}, app.CodeServerOld},
	} {
		got := app.Code("")
		if e := Agree(c.client, c.server); e != nil {
			got = e.Code
		}
		if got != c.want {
			t.Errorf("an app of %s and a server of %s: %q, want %q", c.client, c.server, got, c.want)
		}
	}
}
