package page_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/page"
)

var noon = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)

// book keeps what links stand for, in memory.
type book struct {
	mu    sync.Mutex
	links map[string]app.Objection
	err   error
	acts  int  // how often somebody objected
	alone bool // nobody at the help desk can be told
}

func newBook() *book {
	return &book{links: map[string]app.Objection{
		"good":  {Event: app.MessagePasswordChanged, At: noon.Add(-170 * time.Minute)},
		"spent": {Event: app.MessageMethodAdded, At: noon.Add(-50 * time.Hour), Spent: noon.Add(-26 * time.Hour)},
		"over":  {Event: app.MessageMethodAdded, At: noon.Add(-50 * time.Hour), Spent: noon.Add(-26 * time.Hour), Over: true},
	}}
}

func (b *book) Objection(_ context.Context, token app.Secret) (app.Objection, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, there := b.links[token.Reveal()]
	if b.err == nil && !there {
		return o, &app.Error{Code: app.CodeNoObjection}
	}
	return o, b.err
}

func (b *book) Object(ctx context.Context, token app.Secret) (app.Objection, error) {
	o, err := b.Objection(ctx, token)
	if err != nil || !o.Spent.IsZero() {
		return o, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o.Spent, o.Alone = noon, b.alone
	b.links[token.Reveal()], b.acts = o, b.acts+1
	return o, nil
}

func harbour(context.Context) (app.Organisation, error) {
	return app.Organisation{Name: "Harbour Hospital", Colour: "#1f5f8b", HelpDesk: app.HelpDesk{
		Name: "IT help desk", Phone: "+44 20 7946 0100", Hours: "7:00 to 19:00", Link: "https://help.harbour.example/",
	}}, nil
}

func pages(t *testing.T, b *book, organisation func(context.Context) (app.Organisation, error)) *page.Pages {
	t.Helper()
	p, err := page.New(page.Config{Objections: b, Organisation: organisation, Now: func() time.Time { return noon }, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// handler serves them as the API does.
func handler(p *page.Pages) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve := p.Show
		if r.Method == http.MethodPost {
			serve = p.Act
		}
		if err := serve(w, r, app.NewSecret(strings.TrimPrefix(r.URL.Path, app.ObjectionPath))); err != nil {
			p.Refuse(w, r, map[app.Code]int{app.CodeNoObjection: 404, app.CodeThrottled: 429}[app.CodeOf(err)], app.CodeOf(err))
		}
	})
}

func ask(h http.Handler, method, token string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, app.ObjectionPath+token, nil))
	return w
}

func says(t *testing.T, what string, w *httptest.ResponseRecorder, status int, all ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("%s: status %d, want %d", what, w.Code, status)
	}
	for _, text := range all {
		if !strings.Contains(html.UnescapeString(w.Body.String()), text) {
			t.Errorf("%s does not say %q:\n%s", what, text, w.Body)
		}
	}
}

// TestALinkOfAFreezeThatWasLifted says so, has no button, and does nothing.
func TestALinkOfAFreezeThatWasLifted(t *testing.T) {
	b := newBook()
	h := handler(pages(t, b, harbour))
	for _, method := range []string{"GET", "POST"} {
		w := ask(h, method, "over")
		says(t, method, w, 200, words.Text("notme.over.title"), words.Text("notme.over.since"), "IT help desk")
		if strings.Contains(w.Body.String(), "<form") || strings.Contains(html.UnescapeString(w.Body.String()), words.Text("notme.again.title")) || b.acts > 0 {
			t.Errorf("%s: %d acts:\n%s", method, b.acts, w.Body)
		}
	}
}

func TestThePageAsksAndThenDoes(t *testing.T) {
	b := newBook()
	h := handler(pages(t, b, harbour))
	for range 3 {
		says(t, "opened", ask(h, "GET", "good"), 200, "Harbour Hospital", "Your work password was changed", "today at 9:10 UTC", words.Text("notme.button"), "IT help desk", `href="tel:+442079460100"`, "7:00 to 19:00")
	}
	if b.acts != 0 {
		t.Fatal("opening the page did something")
	}
	says(t, "confirmed", ask(h, "POST", "good"), 200, words.Text("notme.done.title"), "IT help desk")
	says(t, "confirmed again", ask(h, "POST", "good"), 200, words.Text("notme.again.title"), "today at 12:00 UTC")
	says(t, "opened again", ask(h, "GET", "good"), 200, words.Text("notme.again.title"))
	says(t, "another that is spent", ask(h, "GET", "spent"), 200, words.Text("notme.again.title"), "yesterday at 10:00 UTC", "A way back in was added", "2 Mar at 10:00 UTC")
	if b.acts != 1 {
		t.Errorf("objected %d times", b.acts)
	}
	for _, page := range []*httptest.ResponseRecorder{ask(h, "GET", "spent"), ask(h, "GET", "nothing"), ask(h, "POST", "nothing")} {
		if strings.Contains(page.Body.String(), "<form") {
			t.Error("a page that leads on has a button")
		}
	}
}

// TestThePageSaysWhereTheHelpDeskWasNotTold, so that somebody calls it.
func TestThePageSaysWhereTheHelpDeskWasNotTold(t *testing.T) {
	for _, alone := range []bool{true, false} {
		b := newBook()
		b.alone = alone
		w := ask(handler(pages(t, b, harbour)), "POST", "good")
		says(t, "confirmed", w, 200, words.Text("notme.done.title"))
		if strings.Contains(html.UnescapeString(w.Body.String()), "The help desk was told.") == alone {
			t.Errorf("nobody was told: %v:\n%s", alone, w.Body)
		}
	}
}

// What was never a link, and what is one no more, is told alike, whichever way one asks.
func TestWhatIsNoLinkIsToldAlike(t *testing.T) {
	h := handler(pages(t, newBook(), harbour))
	want := ask(h, "GET", "nothing")
	says(t, "no link", want, 404, words.Text("notme.none.title"), "IT help desk")
	for _, method := range []string{"GET", "POST"} {
		if got := ask(h, method, "other"); got.Code != want.Code || got.Body.String() != want.Body.String() {
			t.Errorf("%s: %d %s", method, got.Code, got.Body)
		}
	}
	b := newBook()
	h = handler(pages(t, b, harbour))
	b.err = &app.Error{Code: app.CodeThrottled}
	says(t, "throttled", ask(h, "GET", "x"), 429, words.Text("notme.busy.title"), "IT help desk")
}

// A browser is told to run nothing, load nothing, keep nothing and say nothing elsewhere; the style that stands in the page is the only
// one that it takes.
func TestThePageIsServedWithCaution(t *testing.T) {
	h := handler(pages(t, newBook(), harbour))
	for _, w := range []*httptest.ResponseRecorder{ask(h, "GET", "good"), ask(h, "GET", "none"), ask(h, "GET", "spent")} {
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())
		if style == nil {
			t.Fatal("no style")
		}
		sum := sha256.Sum256([]byte(style[1]))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
		if got := w.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("policy %q\nwant   %q", got, want)
		}
		if loads := regexp.MustCompile(`(?i)<script|<img|<link|<iframe|\bsrc=|url\(|@import|\bon[a-z]+=|style="`).FindString(w.Body.String()); loads != "" {
			t.Errorf("the page has %s", loads)
		}
	}
}

// What an organisation is called and how it looks comes from its policy, and stays text.
func TestNamesStayText(t *testing.T) {
	evil := func(context.Context) (app.Organisation, error) {
		return app.Organisation{Name: `<script>alert(1)</script>`, Colour: "red;}</style><script>", HelpDesk: app.HelpDesk{
			Name: `"><b>x`, Phone: `javascript:alert(1)`, Link: `javascript:alert(1)`, Hours: "</main>",
		}}, nil
	}
	w := ask(handler(pages(t, newBook(), evil)), "GET", "good")
	says(t, "an odd organisation", w, 200, "#1F5F8B")
	for _, bad := range []string{"<script", "red;", `href="javascript`, "<b>x", `href="tel:`} {
		if strings.Contains(w.Body.String(), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

// The button is read on whatever colour the organisation has.
func TestTheButtonIsRead(t *testing.T) {
	for colour, ink := range map[string]string{"#ffffff": "#000000", "#ffe680": "#000000", "#1f5f8b": "#ffffff", "#000000": "#ffffff", "#E4002B": "#ffffff", "#7fbf3f": "#000000"} {
		of := func(ctx context.Context) (app.Organisation, error) {
			o, err := harbour(ctx)
			o.Colour = colour
			return o, err
		}
		says(t, colour, ask(handler(pages(t, newBook(), of)), "GET", "good"), 200, "color: "+ink+"; background: "+colour)
	}
}

func TestOnlyANumberIsDialled(t *testing.T) {
	for phone, want := range map[string]string{
		"+44 20 7946 0100": `href="tel:+442079460100"`, "(020) 7946-0100": `href="tel:02079460100"`, "4400": `href="tel:4400"`,
		"ext. 4400": "", "12": "", "44+00": "", "0800 HELP": "",
	} {
		of := func(context.Context) (app.Organisation, error) {
			return app.Organisation{Name: "H", HelpDesk: app.HelpDesk{Name: "IT", Phone: phone}}, nil
		}
		body := ask(handler(pages(t, newBook(), of)), "GET", "good").Body.String()
		body = html.UnescapeString(body)
		if want == "" && strings.Contains(body, "tel:") || want != "" && !strings.Contains(body, want) {
			t.Errorf("%q is dialled otherwise than %s", phone, want)
		}
	}
}
