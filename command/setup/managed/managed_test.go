package managed

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"

	"github.com/sparekey/sparekey/app/config"
)

// settings are some, of both kinds.
type settings struct {
	Server string   `toml:"server" policy:"Server"`
	Pins   []string `toml:"pins" policy:"Pins"`
}

// fakeKey is a key of a registry with values, and with keys below.
type fakeKey struct {
	values map[string]any
	below  map[string]map[string]any
	broken error
}

func (k fakeKey) Values() (map[string]any, error) { return k.values, k.broken }
func (k fakeKey) Keys() ([]string, error) {
	var names []string
	for name := range k.below {
		names = append(names, name)
	}
	return names, nil
}
func (k fakeKey) Below(name string) (map[string]any, error) {
	values := k.below[name]
	if values == nil {
		return nil, errors.New("it is gone")
	}
	return values, nil
}

func TestPoliciesOfTheRegistryAreRead(t *testing.T) {
	var got settings
	err := decodeRegistry(`HKLM\Sparekey`, fakeKey{
		values: map[string]any{"Server": "https://a.example"},
		below:  map[string]map[string]any{"Pins": {"10": "j", "2": "b", "1": "a", "spare": "z", "9": "i"}},
	}, &got)
	if want := (settings{"https://a.example", []string{"a", "b", "i", "j", "z"}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestWhatTheRegistrySaysWrongIsRefused: a pin that nobody reads would be one that nobody looks for.
func TestWhatTheRegistrySaysWrongIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		key  fakeKey
		want string
	}{
		"another kind":        {fakeKey{values: map[string]any{"Server": struct{}{}}}, `HKLM\Sparekey: Server: text`},
		"misspelt":            {fakeKey{values: map[string]any{"Servr": "x"}}, `HKLM\Sparekey: Servr: misspelt{meant=Server}`},
		"a text for a list":   {fakeKey{values: map[string]any{"Pins": "x"}}, `HKLM\Sparekey: Pins: list_of_texts`},
		"a list for a text":   {fakeKey{values: map[string]any{}, below: map[string]map[string]any{"Server": {"1": "x"}}}, `HKLM\Sparekey: Server: text`},
		"a number in a list":  {fakeKey{values: map[string]any{}, below: map[string]map[string]any{"Pins": {"1": struct{}{}}}}, `HKLM\Sparekey: Pins: list_of_texts`},
		"can't be read":       {fakeKey{broken: errors.New("denied")}, "denied"},
		"can't be read below": {fakeKey{values: map[string]any{}, below: map[string]map[string]any{"Pins": nil}}, "it is gone"},
	} {
		var got settings
		if err := decodeRegistry(`HKLM\Sparekey`, c.key, &got); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestPreferencesOfMacOSAreRead(t *testing.T) {
	set := map[string]any{"Server": "https://a.example", "Pins": []string{"a", "b"}, "PayloadUUID": "7B1B", "PayloadVersion": 1}
	for _, format := range []int{plist.XMLFormat, plist.BinaryFormat} {
		document, err := plist.Marshal(set, format)
		if err != nil {
			t.Fatal(err)
		}
		var got settings
		if err := decodePlist("x.plist", document, &got); err != nil || got.Server != "https://a.example" || !slices.Equal(got.Pins, []string{"a", "b"}) {
			t.Errorf("%s: got %+v, %v", plist.FormatNames[format], got, err)
		}
	}
	for name, c := range map[string]struct {
		set  any
		want string
	}{
		"misspelt":     {map[string]any{"Pin": []string{"a"}}, "x.plist: Pin: misspelt{meant=Pins}"},
		"another kind": {map[string]any{"Server": 7}, "x.plist: Server: text"},
		"a list":       {[]string{"a"}, "x.plist: cause{cause=plist: "},
	} {
		document, err := plist.Marshal(c.set, plist.BinaryFormat)
		if err != nil {
			t.Fatal(err)
		}
		var got settings
		if err := decodePlist("x.plist", document, &got); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	var wrong *config.Problems
	if err := decodePlist("x.plist", []byte("no list"), &settings{}); !errors.As(err, &wrong) {
		t.Errorf("what is no property list: %v", err)
	}
}
