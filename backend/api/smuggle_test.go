package api_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/sparekey/sparekey/app"
)

// sendRaw writes bytes to a server as they are, and reads replies until it closes the connection.
func sendRaw(t *testing.T, address, raw string) []*http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	var replies []*http.Response
	for reader := bufio.NewReader(conn); ; {
		r, err := http.ReadResponse(reader, nil)
		if err != nil {
			return replies
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Fatal(err)
		}
		replies = append(replies, r)
	}
}

const head = "Host: x\r\nIdempotency-Key: " + goodKey + "\r\nContent-Type: application/json\r\n"

func counted(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// TestWhatTwoReadersTakeInTwoWaysReachesNothing is the threat of a smuggled request: over a real connection, whatever a proxy
// and this server might read differently is refused, and nothing behind it on the connection is answered.
func TestWhatTwoReadersTakeInTwoWaysReachesNothing(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	server := httptest.NewServer(h)
	defer server.Close()
	address := server.Listener.Addr().String()
	const start, body = "POST /v1/flows HTTP/1.1\r\n" + head, `{"purpose":"reset"}`
	const chunks = "13\r\n" + body + "\r\n0\r\n\r\n"
	const hidden = "GET /v1/organisation HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, raw := range map[string]string{
		"chunked":                start + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
		"chunked and counted":    start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
		"chunked, of nothing":    start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunked, none wanted":   "GET /v1/organisation HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunked, no operation":  "POST /nothing HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
		"chunked, a description": "GET /openapi.json HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
		"chunked, with a trailer": start + "Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n13\r\n" + body +
			"\r\n0\r\nAuthorization: Bearer " + adminToken + "\r\n\r\n",
		"gzip":                   start + "Content-Encoding: gzip\r\n" + counted(body),
		"identity":               start + "Content-Encoding: identity\r\n" + counted(body),
		"an empty coding":        start + "Content-Encoding:\r\n" + counted(body),
		"gzip, none wanted":      "GET /v1/organisation HTTP/1.1\r\n" + head + "Content-Encoding: gzip\r\n\r\n",
		"gzip as transfer":       start + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunks,
		"two lengths":            start + "Content-Length: 4\r\n" + counted(body),
		"two types":              start + "Content-Type: text/plain\r\n" + counted(body),
		"two keys":               start + "Idempotency-Key: " + goodKey + "\r\n" + counted(body),
		"a scheme, and no host":  "GET https:/v1/organisation HTTP/1.1\r\n" + head + "\r\n",
		"another's address":      "GET http://y/v1/organisation HTTP/1.1\r\n" + head + "\r\n",
		"an opaque address":      "GET https:v1/organisation HTTP/1.1\r\n" + head + "\r\n",
		"a fragment":             "GET /v1/organisation#a HTTP/1.1\r\n" + head + "\r\n",
		"a byte in the path":     "GET /v1/organisation\xff HTTP/1.1\r\n" + head + "\r\n",
		"an escaped byte":        "GET /v1/flows/%ff HTTP/1.1\r\n" + head + "\r\n",
		"not UTF-8":              start + counted("{\"purpose\":\"reset\xff\"}"),
		"half of a character":    start + counted(`{"purpose":"reset\ud800"}`),
		"a name twice":           start + counted(`{"purpose":"reset","purpose":"sign_in"}`),
		"a name twice, escaped":  start + counted(`{"purpose":"reset","\u0070urpose":"sign_in"}`),
		"a name that is cut off": start + counted(`{"purpose":"reset","purpose\udfff":"sign_in"}`),
	} {
		replies := sendRaw(t, address, raw+hidden+"GET /v1/organisation HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if len(replies) == 0 || replies[0].StatusCode < 400 || replies[0].StatusCode == 500 {
			t.Errorf("%s: got %v", name, replies)
		}
		refusedByAll := strings.Contains(raw, "Encoding") || strings.Contains(name, "two ") || strings.Contains(name, "address") ||
			strings.Contains(name, "scheme") || strings.Contains(name, "fragment") || strings.Contains(name, "byte")
		if refusedByAll && len(replies) > 1 {
			t.Errorf("%s: the connection went on, with %d replies", name, len(replies))
		}
		if n := f.reached(); n > len(replies)-1 { // the honest ones behind it
			t.Errorf("%s: %d calls reached a service, with %d replies", name, n, len(replies))
		}
		f.forget()
	}
	for name, raw := range map[string]string{
		"a start":       start + "Connection: close\r\n" + counted(body),
		"nothing sent":  "GET /v1/organisation HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"none, said so": "GET /v1/organisation HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
		"the old way":   "POST /v1/flows HTTP/1.0\r\n" + head + counted(body),
	} {
		if replies := sendRaw(t, address, raw); len(replies) != 1 || replies[0].StatusCode >= 400 {
			t.Errorf("%s: got %v", name, replies)
		}
	}
}

// TestNoTwoPasswordsAreOne is the threat of a password that another one opens: encoding/json reads each half of a character
// (\ud800 … \udfff, alone) as the same U+FFFD. A text arrives as it was sent, or not at all; whatever the pieces are.
func TestNoTwoPasswordsAreOne(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	luck := rand.New(rand.NewPCG(2, 1))
	units := func(text string) []uint16 { return utf16.Encode([]rune(text)) }
	pieces := []struct {
		sent  string
		units []uint16 // none: it is no text
	}{
		{"a", units("a")}, {"ü", units("ü")}, {`\u00fc`, units("ü")}, {`\\`, units(`\`)}, {`\\ud800`, units(`\ud800`)}, {`\"`, units(`"`)},
		{"\ufffd", units("\ufffd")}, {`\ufffd`, units("\ufffd")}, {"😀", units("😀")}, {`\uD83D\uDE00`, units("😀")},
		{`\ud83d`, []uint16{0xd83d}}, {`\ude00`, []uint16{0xde00}}, {`\uDFFF`, []uint16{0xdfff}}, {`\udBfF`, []uint16{0xdbff}}, // halves
		{"\xff", nil}, {"\xed\xa0\x80", nil}, {"\xc0\xaf", nil},
	}
	for range 5000 {
		sent, good := "", true
		var all []uint16
		for range 1 + luck.IntN(5) {
			p := pieces[luck.IntN(len(pieces))]
			sent, all, good = sent+p.sent, append(all, p.units...), good && p.units != nil
		}
		is := string(utf16.Decode(all))
		good = good && slices.Equal(units(is), all)
		f.forget()
		w := ask(h, "POST /v1/flows/F1/inputs", flowToken, `{"rev":3,"input":{"type":"give_password","password":"`+sent+`"}}`)
		if !good {
			wantProblem(t, sent, w, app.CodeBadRequest)
			if f.reached() != 0 {
				t.Errorf("%q reached a service", sent)
			}
			continue
		}
		if got, given := f.inputs[len(f.inputs)-1].(app.GivePassword); w.Code != 200 || !given || got.Password.Reveal() != is {
			t.Fatalf("%q: %d, got %+v", sent, w.Code, got)
		}
	}
}
