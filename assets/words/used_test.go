package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/assets"
)

// families are the keys that are made from a constant: the prefix, the constant's package and type, what follows.
var families = []struct {
	prefix, dir, kind string
	suffixes          []string
}{
	{"error.", "../../app", "Code", []string{""}},
	{"notice.", "../../app", "NoticeCode", []string{""}},
	{"fact.", "../../app", "Fact", []string{""}},
	{"place.", "../../app", "PlaceID", []string{""}},
	{"reason.", "../../app", "Reason", []string{".title", ".detail"}},
	{"home.", "../../app", "Reason", []string{".title", ".detail"}},
	{"kind.", "../../app", "Kind", []string{".title", ".detail"}},
	{"message.", "../../app", "MessageID", []string{".subject", ".body"}},
	{"phone.use.", "../../app", "PhoneUse", []string{""}},
	{"phone.fault.", "../../app", "PhoneFault", []string{""}},
	{"rule.", "../../app/password", "Rule", []string{""}},
	{"check.", "../../app/password", "Rule", []string{""}},
	{"directory.", "../../backend/directory/examine", "Code", []string{"", ".do"}},
	{"directory.step.", "../../backend/directory/examine", "Step", []string{"", ".ok"}},
	{"deliver.remedy.", "../../backend/delivery/examine", "Remedy", []string{"", ".do"}},
	{"deliver.step.", "../../backend/delivery/mail", "Step", []string{"", ".ok"}},
	{"deliver.remedy.", "../../backend/delivery/mail", "Remedy", []string{"", ".do"}},
	{"deliver.step.", "../../backend/delivery/smpp", "Step", []string{"", ".ok"}},
	{"deliver.remedy.", "../../backend/delivery/smpp", "Remedy", []string{"", ".do"}},
	{"deliver.step.", "../../backend/delivery/gateway", "Step", []string{"", ".ok"}},
	{"deliver.remedy.", "../../backend/delivery/gateway", "Remedy", []string{"", ".do"}},
	{"deliver.step.", "../../backend/delivery/call", "Step", []string{"", ".ok"}},
	{"deliver.remedy.", "../../backend/delivery/call", "Remedy", []string{"", ".do"}},
	{"keycare.sample.", "../../app", "Sample", []string{""}},
	{"kiosk.network.reach.", "../../ui/kiosk", "Reach", []string{""}},
}

// others are keys made from words that are no constants: sample states, channels, purposes, strengths, the directory's
// rules, months, the titles of refusals, the throttles' second form, the form without a number.
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
	rule.length rule.history rule.complexity rule.age rule.simple check.directory.history check.directory.complexity
	key.trouble.excluded_lead key.trouble.strange_lead key.trouble.blocked_lead key.trouble.pause_lead key.trouble.kind_lead
	key.trouble.unable_lead key.trouble.full_lead key.trouble.timeout_lead key.trouble.busy_lead key.trouble.odd_lead
	key.trouble.cancelled_lead key.trouble.at_work_lead key.trouble.disturbed_lead key.trouble.untouched_lead key.trouble.silent_lead
	key.trouble.pinless_lead error.key_pin_wrong_uncounted error.key_finger_wrong_uncounted
	month.1 month.2 month.3 month.4 month.5 month.6 month.7 month.8 month.9 month.10 month.11 month.12
	home.set_up.title home.set_up.detail home.mine.title home.mine.detail
	blocked.password_not_managed.title blocked.not_enabled.title blocked.could_not_verify.title
	blocked.pass_needed.title blocked.pass_administrator.title
	blocked.account_expired.title blocked.account_protected.title blocked.password_too_young.title
	blocked.change_elsewhere.title
	blocked.account_frozen.title message.frozen.text message.frozen.text.short message.unfrozen.text message.unfrozen_by_desk.text
	blocked.unknown_account.title blocked.account_disabled.title blocked.recovery_locked.title blocked.proof_locked.title
	command.setup.texts_twilio command.setup.texts_vonage command.setup.texts_bird command.setup.texts_sinch command.setup.texts_sns
	command.setup.cloud_global command.setup.cloud_us-government command.setup.cloud_us-defense command.setup.cloud_china
	command.setup.texts_webhook command.setup.text_user_twilio command.setup.text_user_vonage command.setup.text_user_bird
	command.setup.text_user_sinch command.setup.text_user_sns
	deliver.none.email deliver.done.email deliver.failed.email deliver.none.sms deliver.done.sms deliver.failed.sms
	message.code.text message.code.text.short message.method_added.text message.method_replaced.text message.default_set.text
	message.method_removed.text message.signed_in_alone.text message.key_stood_in.text message.password_changed.text message.unlocked.text
	message.pass_issued.text message.pass_issued.text.short message.pass_used.text message.session_stolen.text message.reset_tried.text
	message.reset_by_key.text message.test.text
	deliver.none.voice deliver.done.voice deliver.failed.voice
	kiosk.network.row.active kiosk.network.row.known kiosk.network.row.not_here kiosk.network.row.open kiosk.network.row.password
	kiosk.network.row.account kiosk.network.result.not_allowed kiosk.network.result.failed
	connect.fault.empty connect.fault.malformed connect.fault.insecure connect.fault.path
	blocked.account_locked.title error.account_locked_until error.recovery_locked_until error.proof_locked_until error.too_many_until error.busy_until error.too_early_until error.sign_in_paused_until`)

func TestEveryTextIsThereAndUsed(t *testing.T) {
	there, err := load()
	if err != nil {
		t.Fatal(err)
	}
	wanted := slices.Concat(others, literalKeys(t))
	for _, id := range assets.Questions() {
		wanted = append(wanted, "question."+id)
	}
	for _, made := range problemsInCode(t) {
		wanted = append(wanted, "problem."+made.code)
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

// speakers are the folders whose code says texts: this one, and those that import it.
func speakers(t *testing.T) []string {
	t.Helper()
	found := []string{"."}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (len(d.Name()) > 2 && d.Name()[0] == '.' || d.Name() == "build" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if dir := filepath.Dir(path); !slices.Contains(found, dir) && isSource(path) && imports(t, path, self) {
			found = append(found, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 2 {
		t.Fatal("nobody speaks")
	}
	return found
}

const self = "github.com/sparekey/sparekey/assets/words"

func isSource(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
}

func imports(t *testing.T, path, name string) bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(name) })
}

// literalKeys are the keys that stand in the code as they are.
func literalKeys(t *testing.T) []string {
	var found []string
	for _, dir := range speakers(t) {
		for _, file := range sources(t, dir) {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if key := literal(n); Known(key) {
						found = append(found, key)
					}
				case *ast.CallExpr:
					if says(n.Fun) && literal(n.Args[0]) != "" {
						found = append(found, literal(n.Args[0]))
					}
				}
				return true
			})
		}
	}
	return found
}

// says reports whether a function says a text: words.Text and words.Plural.
func says(function ast.Expr) bool {
	if sel, is := function.(*ast.SelectorExpr); is {
		if x, is := sel.X.(*ast.Ident); !is || x.Name != "words" {
			return false
		}
		function = sel.Sel
	}
	name, is := function.(*ast.Ident)
	return is && (name.Name == "Text" || name.Name == "Plural")
}

// literal is the value of a string that stands in the code; empty for anything else.
func literal(e ast.Expr) string {
	lit, is := e.(*ast.BasicLit)
	if !is || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
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

// sources parses a folder's files, without its tests.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if !isSource(name) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
