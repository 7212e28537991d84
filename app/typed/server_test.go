package typed

import "testing"

func TestServerAddress(t *testing.T) {
	for given, want := range map[string]string{
		"sparekey.example.org":            "https://sparekey.example.org",
		" https://sparekey.example.org/ ": "https://sparekey.example.org",
		"HTTPS://Sparekey.Example.org":    "https://sparekey.example.org",
		"sparekey.example.org:8443":       "https://sparekey.example.org:8443",
		"https://[2001:db8::1]:8443":      "https://[2001:db8::1]:8443",
		"bücher.example":                  "https://bücher.example",
	} {
		if got, fault := ServerAddress(given); got != want {
			t.Errorf("%q gives %q (%s), want %q", given, got, fault, want)
		}
	}
	for given, want := range map[string]string{
		"": ServerEmpty, "  ": ServerEmpty,
		"http://sparekey.example.org":            ServerInsecure,
		"ftp://sparekey.example.org":             ServerMalformed,
		"https://":                               ServerMalformed,
		"two words":                              ServerMalformed,
		"https://ana:secret@sparekey.example":    ServerMalformed,
		"ana@sparekey.example":                   ServerMalformed,
		"a..b":                                   ServerMalformed,
		"https://%zz":                            ServerMalformed,
		"sparekey.example?x=1":                   ServerPath,
		"sparekey.example/login":                 ServerPath,
		"https://sparekey.example.org/reset#top": ServerPath,
	} {
		if got, fault := ServerAddress(given); fault != want || got != "" {
			t.Errorf("%q gives %q and %q, want %q", given, got, fault, want)
		}
	}
}
