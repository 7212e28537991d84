package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

var begin = time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC)

func draw(t *testing.T, random io.Reader) (app.OneTimeCode, string) {
	t.Helper()
	code, digits, err := app.NewOneTimeCode(random, begin, 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return code, digits
}

// TestOneTimeCodeIsUniform counts each digit at each place over 20,000 codes, and how many begin with zeros. The seed is
// fixed; the bounds are five standard deviations wide.
func TestOneTimeCodeIsUniform(t *testing.T) {
	const codes = 20_000
	random := rand.NewChaCha8([32]byte{1})
	var count [6][10]int
	zeros := 0
	for range codes {
		_, digits := draw(t, random)
		if len(digits) != 6 {
			t.Fatalf("%q does not have six digits", digits)
		}
		for place, d := range digits {
			count[place][d-'0']++
		}
		if strings.HasPrefix(digits, "00") {
			zeros++
		}
	}
	for place := range count {
		for digit, n := range count[place] {
			if n < codes/10-212 || n > codes/10+212 {
				t.Errorf("%d stands at place %d of %d codes out of %d", digit, place, n, codes)
			}
		}
	}
	if zeros < codes/100-70 || zeros > codes/100+70 {
		t.Errorf("%d codes of %d begin with 00", zeros, codes)
	}
}

func TestOneTimeCodeExpiry(t *testing.T) {
	code, digits := draw(t, rand.NewChaCha8([32]byte{2}))
	for after, want := range map[time.Duration]app.Code{
		0: "", 5*time.Minute - time.Second: "", 5 * time.Minute: "",
		5*time.Minute + time.Nanosecond: app.CodeCodeExpired, 5*time.Minute + time.Second: app.CodeCodeExpired,
	} {
		if got := code.Check(begin.Add(after), digits); got != want {
			t.Errorf("after %v: %q, want %q", after, got, want)
		}
	}
	if !code.Sent.Equal(begin) || !code.Expires.Equal(begin.Add(5*time.Minute)) {
		t.Errorf("sent %v, expires %v", code.Sent, code.Expires)
	}
}

// TestOneTimeCodeTakesOneAnswer tries the 100,000 codes that begin with the same digit.
func TestOneTimeCodeTakesOneAnswer(t *testing.T) {
	code, digits := draw(t, rand.NewChaCha8([32]byte{3}))
	kept, err := json.Marshal(code)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(kept, []byte(digits)) {
		t.Error("the digits are kept in clear")
	}
	var read app.OneTimeCode
	if err := json.Unmarshal(kept, &read); err != nil {
		t.Fatal(err)
	}
	right := 0
	for n := range 100_000 {
		guess := []byte(digits[:1] + "00000")
		for i := 5; n > 0; i, n = i-1, n/10 {
			guess[i] += byte(n % 10)
		}
		if read.Check(begin, string(guess)) == "" {
			right++
			if string(guess) != digits {
				t.Errorf("%s was taken for %s", guess, digits)
			}
		}
	}
	if right != 1 {
		t.Errorf("%d codes were taken", right)
	}
	for _, odd := range []string{"", digits[:5], digits + "0", " " + digits} {
		if got := read.Check(begin, odd); got != app.CodeWrongCode {
			t.Errorf("%q: %q", odd, got)
		}
	}
	if got := (app.OneTimeCode{Expires: begin}).Check(begin, ""); got != app.CodeWrongCode {
		t.Errorf("a code that was never drawn: %q", got)
	}
}

func TestOneTimeCodesDiffer(t *testing.T) {
	random := rand.NewChaCha8([32]byte{4})
	one, first := draw(t, random)
	two, second := draw(t, random)
	if first == second || bytes.Equal(one.Salt, two.Salt) || bytes.Equal(one.Hash, two.Hash) || len(one.Salt) != 16 {
		t.Errorf("two draws: salts %x and %x", one.Salt, two.Salt)
	}
	if got := two.Check(begin, first); got != app.CodeWrongCode {
		t.Errorf("the first code for the second: %q", got)
	}
}

// TestOneTimeCodeNeedsRandomness cuts the source off after each number of bytes.
func TestOneTimeCodeNeedsRandomness(t *testing.T) {
	for n := range 16 {
		source := io.LimitReader(rand.NewChaCha8([32]byte{5}), int64(n))
		code, digits, err := app.NewOneTimeCode(source, begin, time.Minute)
		if err == nil || digits != "" || code.Hash != nil {
			t.Errorf("with %d bytes: %q, %v", n, digits, err)
		}
	}
}

func TestNormalDigits(t *testing.T) {
	for typed, want := range map[string]string{
		"012345": "012345", "012 345": "012345", " 012-345\r\n": "012345", "0\u00a01\u202f2\t345": "012345",
		"٠١٢٣٤٥": "012345", "۰۱۲۳۴۵": "012345", "０１２３４５": "012345", "٠1۲３45": "012345",
		"": "", "12345": "", "1234567": "", "12345a": "", "１２３": "", "12.345": "", "+12345": "", "123456\x00": "", "12345\xff": "",
		"१२३४५६": "", "²34567": "",
	} {
		got, err := app.NormalDigits(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
		var e *app.Error
		if err != nil && (!errors.As(err, &e) || e.Code != app.CodeBadCode || e.Field != "code") {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// FuzzNormalDigits holds that what is accepted is six ASCII digits, that these read as themselves, and that spaces
// around change nothing.
func FuzzNormalDigits(f *testing.F) {
	for _, s := range []string{"012 345", "٠١٢٣٤٥", "１２３４５６", "12345", "\xff", "1-2-3-4-5-6"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := app.NormalDigits(typed)
		if err != nil {
			if got != "" || app.CodeOf(err) != app.CodeBadCode || err.Error() != string(app.CodeBadCode) {
				t.Fatalf("%q: %q, %v", typed, got, err)
			}
			return
		}
		if len(got) != 6 || strings.Trim(got, "0123456789") != "" {
			t.Fatalf("%q gives %q", typed, got)
		}
		for _, again := range []string{got, " " + typed + "\n", got[:3] + " " + got[3:]} {
			if g, err := app.NormalDigits(again); err != nil || g != got {
				t.Fatalf("%q gives %q, %q gives %q", typed, got, again, g)
			}
		}
	})
}
