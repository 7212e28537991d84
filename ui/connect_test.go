package ui

import (
	"testing"
)

func TestServerAddress(t *testing.T) {
	good := map[string]string{
		"sparekey.example.org":            "https://sparekey.example.org",
		" https://sparekey.example.org/ ": "https://sparekey.example.org",
		"sparekey.example.org:8443":       "https://sparekey.example.org:8443",
		"https://[2001:db8::1]:8443":      "https://[2001:db8::1]:8443",
		"bücher.example":                  "https://bücher.example",
	}
	for typed, want := range good {
		if got, problem := serverAddress(typed); got != want {
			t.Errorf("%q gives %q (%s), want %q", typed, got, problem, want)
		}
	}
	bad := map[string]string{
		"": "connect.empty", "  ": "connect.empty",
		"http://sparekey.example.org":         "connect.insecure",
		"ftp://sparekey.example.org":          "connect.malformed",
		"https://":                            "connect.malformed",
		"two words":                           "connect.malformed",
		"https://ana:secret@sparekey.example": "connect.malformed",
		"ana@sparekey.example":                "connect.malformed",
		"sparekey.example?x=1":                "connect.malformed",
		"a..b":                                "connect.malformed",
		"https://%zz":                         "connect.malformed",
	}
	for typed, want := range bad {
		if got, problem := serverAddress(typed); problem != want {
			t.Errorf("%q gives %q and %q, want %q", typed, got, problem, want)
		}
	}
}
