package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets"
)

// families are the keys that are made from a constant: the prefix, the constant's package and type, what follows.
var families = []struct {
	prefix, dir, kind string
	suffixes          []string
}{
	{"error.", "../app", "Code", []string{""}},
	{"notice.", "../app", "NoticeCode", []string{""}},
	{"fact.", "../app", "Fact", []string{""}},
	{"place.", "../app", "PlaceID", []string{""}},
	{"reason.", "../app", "Reason", []string{".title", ".detail"}},
	{"home.", "../app", "Reason", []string{".title", ".detail"}},
	{"kind.", "../app", "Kind", []string{".title", ".detail"}},
	{"message.", "../app", "MessageID", []string{".subject", ".body"}},
	{"phone.use.", "../app", "PhoneUse", []string{""}},
	{"phone.heading_confirm.", "../app", "PhoneUse", []string{""}},
	{"rule.", "../app/password", "Rule", []string{""}},
	{"check.", "../app/password", "Rule", []string{""}},
	{"keycare.sample.", "../app", "Sample", []string{""}},
}

// others are keys made from words that are no constants: sample states, channels, purposes, strengths, the directory's
// rules, months, the titles of refusals, the throttles' second form.
var others = strings.Fields(`
	sample.ready sample.registered sample.one sample.not_enabled sample.elsewhere sample.locked sample.admin sample.never
	sample.new sample.stale never.pass.title never.pass.detail never.contacts.title never.contacts.detail
	phone.heading.sms phone.heading.voice phone.lead.sms phone.lead.voice phone.lead_confirm.sms phone.lead_confirm.voice
	phone.button.sms phone.button.voice
	answer.short answer.long answer.twice answer.in_question answer.user_id answer.question
	code.heading.authapp code.heading.sms code.heading.voice code.heading.email
	unlock.only.title unlock.only.detail unlock.new.title unlock.new.detail
	current.heading current.lead current.label current.wrong known.heading known.lead known.label known.wrong
	blocked.no_way_yet.title error.unlock_limit_until
	done.heading.first done.lead.first done.heading.unlocked done.lead.unlocked
	done.heading.reset done.lead.reset done.heading.register done.lead.register done.heading.change_password done.lead.change_password done.heading.manage done.lead.manage
	method.confirm.title method.confirm.detail
	method.default.title method.default.detail method.reveal.title method.reveal.detail
	method.change.title method.change.detail method.again.title method.again.detail method.delete.title method.delete.detail
	number.2 number.3 number.4 strength.0 strength.1 strength.2 strength.3 strength.4
	rule.length rule.history rule.complexity rule.age
	key.trouble.excluded_lead key.trouble.strange_lead key.trouble.blocked_lead key.trouble.pause_lead key.trouble.kind_lead
	key.trouble.unable_lead key.trouble.full_lead key.trouble.timeout_lead key.trouble.busy_lead key.trouble.odd_lead
	key.trouble.cancelled_lead
	month.1 month.2 month.3 month.4 month.5 month.6 month.7 month.8 month.9 month.10 month.11 month.12
	home.set_up.title home.set_up.detail home.mine.title home.mine.detail
	blocked.password_not_managed.title blocked.not_enabled.title blocked.could_not_verify.title
	blocked.pass_needed.title blocked.pass_administrator.title
	blocked.unknown_account.title blocked.account_disabled.title blocked.recovery_locked.title blocked.proof_locked.title
	blocked.account_locked.title error.account_locked_until error.recovery_locked_until error.proof_locked_until error.too_many_until error.too_early_until`)

func TestEveryTextIsThereAndUsed(t *testing.T) {
	data, err := assets.Text.ReadFile("text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var there map[string]json.RawMessage
	if err := json.Unmarshal(data, &there); err != nil {
		t.Fatal(err)
	}
	wanted := slices.Concat(others, literalKeys(t))
	for _, id := range assets.Questions() {
		wanted = append(wanted, "question."+id)
	}
	for _, family := range families {
		for _, value := range constants(t, family.dir, family.kind) {
			for _, suffix := range family.suffixes {
				wanted = append(wanted, family.prefix+value+suffix)
			}
		}
	}
	for _, key := range wanted {
		if _, ok := there[key]; !ok {
			t.Errorf("there is no text for %q", key)
		}
	}
	for key := range there {
		if !slices.Contains(wanted, key) {
			t.Errorf("nobody uses the text %q", key)
		}
	}
}

func TestTextsKeepTheTone(t *testing.T) {
	data, err := assets.Text.ReadFile("text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		for _, word := range []string{"!", "please", "Please", "oops", "Oops", "TOTP", "OTP", "invalid", "Sorry", "sorry"} {
			if strings.Contains(line, word) {
				t.Errorf("%q has no place in %s", word, strings.TrimSpace(line))
			}
		}
	}
}

// literalKeys are the keys that stand in the code as they are.
func literalKeys(t *testing.T) []string {
	var found []string
	for _, file := range sources(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if s, err := strconv.Unquote(lit.Value); err == nil && known(s) {
				found = append(found, s)
			}
			return true
		})
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name, _ := call.Fun.(*ast.Ident)
			lit, _ := call.Args[0].(*ast.BasicLit)
			if name != nil && lit != nil && (name.Name == "text" || name.Name == "plural") {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					found = append(found, s)
				}
			}
			return true
		})
	}
	return found
}

// constants are the values of a type's constants.
func constants(t *testing.T, dir, kind string) []string {
	var values []string
	for _, file := range sources(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == kind {
				for _, value := range spec.Values {
					if lit, ok := value.(*ast.BasicLit); ok {
						s, err := strconv.Unquote(lit.Value)
						if err != nil {
							t.Fatal(err)
						}
						values = append(values, s)
					}
				}
			}
			return true
		})
	}
	if len(values) == 0 {
		t.Fatalf("no constants of %s in %s", kind, dir)
	}
	return values
}

// sources parses a package's files, without its tests.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = file
	}
	return files
}

func TestTimesAreSaidAsPeopleSayThem(t *testing.T) {
	test.NewTempApp(t)
	if err := loadTexts(); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		later time.Duration
		want  string
	}{
		{500 * time.Millisecond, "in 1 s"},
		{22 * time.Second, "in 22 s"},
		{time.Minute, "in 60 s"},
		{61 * time.Second, "in 2 minutes"},
		{4 * time.Minute, "in 4 minutes"},
		{time.Hour, "in 60 minutes"},
		{3 * time.Hour, "at 15:00"},
		{21*time.Hour + 10*time.Minute, "tomorrow at 9:10"},
		{72 * time.Hour, "on 6 Feb at 12:00"},
	}
	for _, c := range cases {
		if got := until(noon, noon.Add(c.later)); got != c.want {
			t.Errorf("%v from now is said %q, want %q", c.later, got, c.want)
		}
	}
	for left, want := range map[time.Duration]string{277 * time.Second: "4:37", 5 * time.Minute: "5:00", 100 * time.Millisecond: "0:01", -1: "0:00"} {
		if got := countdown(left); got != want {
			t.Errorf("%v counts down as %q, want %q", left, got, want)
		}
	}
}

func TestEachRefusalHasItsWords(t *testing.T) {
	test.NewTempApp(t)
	if err := loadTexts(); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		e    app.Error
		when string
		want string
	}{
		{app.Error{Code: app.CodeWrongCode, TriesLeft: 3}, "", "That code was not right. You have 3 tries left. Check that it is the newest."},
		{app.Error{Code: app.CodeThrottled}, "in 22 s", "Too many tries. You can go on in 22 s."},
		{app.Error{Code: app.CodeThrottled}, "", "Too many tries. Wait a while, then try again."},
		{app.Error{Code: app.CodeDirectory, Params: map[string]string{"rule": "history"}}, "",
			"The directory does not take this password. It is an old password of yours. Choose one that you never had."},
		{app.Error{Code: "new_to_me"}, "", "Something went wrong on our side. Try again, or tell the help desk the support code."},
	}
	for _, c := range cases {
		if got := refusal(&c.e, c.when); got != c.want {
			t.Errorf("%s is said %q, want %q", c.e.Code, got, c.want)
		}
	}
}

func TestOnlyOneFileStartsGoroutines(t *testing.T) {
	for name, file := range sources(t, ".") {
		if name == "async.go" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine: async.go is the only way off the UI thread", name)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "fyne" && (n.Sel.Name == "Do" || n.Sel.Name == "DoAndWait") {
					t.Errorf("%s comes back by fyne.%s: async.go is the only way back", name, n.Sel.Name)
				}
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Sleep" || n.Sel.Name == "NewTicker") && name != "options.go" {
					t.Errorf("%s uses time.%s: the clock is injected", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}
