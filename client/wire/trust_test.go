package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What the backend keeps of a credential never comes back: the forms have the fields that are listed here and no
// others. Whoever adds one decides here, by hand, that it can't help to use a credential that somebody registered.
var allowed = map[string]string{
	"Credential":      "id kind variant masked added last_used default usable_at entered",
	"Choice":          "kind recommended have double",
	"Flow":            "id purpose rev at expires places now others can_back contact notice support regrant",
	"Place":           "id state",
	"Notice":          "code kind",
	"EnterSignIn":     "type user_id pass pass_only", // pass: whether one is taken
	"SignedIn":        "type name registered due",
	"EnterUserID":     "type user_id",
	"ProveWork":       "type salt memory passes bits expires",
	"Triage":          "type reasons",
	"ChooseMethod":    "type enrol choices have needed missing gates gate",
	"ShowSecret":      "type uri groups issuer account tries_left", // once, while it is set up; a method keeps it afterwards
	"EnterAddress":    "type confirm own_domains address tries_left",
	"EnterCode":       "type channel masked tries_left expires resend_at delivery handed",
	"EnterPhone":      "type channel confirm uses number extension use tries_left",            // what was typed, never what is on file
	"ConfirmOnPhone":  "type digits masked tries_left expires resend_at over delivery handed", // digits for the screen, no secret
	"Question":        "id texts",
	"PickQuestions":   "type questions choose min_length max_length",
	"AnswerQuestions": "type questions tries_left", // answers go one way only
	"UseKey":          "type create get origin models tries_left",
	"KeyCreate":       "rp user challenge pubKeyCredParams timeout excludeCredentials authenticatorSelection attestation extensions",
	"KeyGet":          "challenge timeout rpId allowCredentials userVerification",
	"KeyModels":       "allow deny", // AAGUIDs of the policy's
	"KeyParty":        "id name",
	"KeyUser":         "id name displayName",
	"KeyAlgorithm":    "type alg",
	"KeyHandle":       "type id", // a credential's ID, which opens nothing without the key
	"KeySelection":    "residentKey requireResidentKey userVerification",
	"KeyExtensions":   "credentialProtectionPolicy",
	"NewPassword":     "type rules renew",
	"PasswordRules":   "min_length max_length min_classes forbidden words banned own_terms common breached history",
	"Confirming":      "type since",
	"Registered":      "type have needed missing more recommend",
	"Reconfirm":       "type have needed gates",
	"CurrentPassword": "type",
	"ChooseUnlock":    "type",
	"SecurityInfo":    "type have needed missing more recommend",
	"ConfirmDelete":   "type credential left needed",
	"Revealed":        "type credential value", // a number or an address, for its owner after a fresh proof
	"Blocked":         "type code until lifts",
	"RequestSent":     "type receipt",
	"Done":            "type facts old_for",
	"Problem":         "type title status code field at retry_at tries_left params support flow",
	"Session":         "id person admin registered due by_pass no_change expires",
	"Person":          "account user_id name",
	"Organisation":    "name colour logo help_desk reset trial gates needed",
	"HelpDesk":        "name phone hours link",
	"Started":         "flow token",
	"Grant":           "session at access access_expires refresh refresh_expires",
	"PolicyHistory":   "versions in_force file",
	"PolicyVersion":   "number at by source comment hash document",
	"PolicyVerdict":   "number stranded problems",
	"Fault":           "line key code params", // quotes no contact
	"ContactsEntered": "people added updated same kept written problems read",
	"NumberRead":      "line column from as",       // what the administrator sent in this very request, never what is on file
	"Pass":            "code person expires first", // once, to the administrator who hands it over
	"Standing":        "person admin registered freeze",
	"Freeze":          "since event before", // of a notice, never the link in it
	"Unfrozen":        "person",
	"TrailReport":     "entries vouched fault",
	"Stations":        "stations",
	"Station":         "id name invited invited_by code_ends enrolled used paused revoked health",
	"StationHealth": "faults reported version server_version system system_version width height scale mode since keys trouble trouble_at " +
		"clock_ahead clock_at wiped away use", // of a computer, not of a person
	"StationUse":     "begun through asked cancelled abandoned",
	"StationInvited": "station code", // once, to the administrator who invites it
	"OwnStation":     "id name",
	"Tokens":         "tokens",
	"Token":          "id name may made made_by ends used revoked",
	"TokenMade":      "token secret", // once, to the administrator who makes it
	"MessageTraces":  "messages",
	"MessageTrace":   "id at channel template delivery provider receipt said flow", // neither what it says nor where to
}

// replies are what the API sends, but for steps; bodies are what it takes, but for inputs.
var (
	replies = []any{
		Started{}, Problem{}, Grant{}, Organisation{},
		PolicyHistory{}, PolicyVersion{}, PolicyVerdict{}, ContactsEntered{}, Pass{}, Standing{}, Unfrozen{}, TrailReport{},
		Stations{}, Station{}, StationHealth{}, StationUse{}, StationInvited{}, OwnStation{}, Tokens{}, Token{}, TokenMade{}, MessageTraces{},
	}
	bodies = []any{
		Start{}, Submission{}, Renewal{}, PolicyDraft{}, ContactsFile{}, IssuePass{}, RevokePass{}, LookUp{}, Unfreeze{}, EnrolStation{}, StationReport{}, InviteStation{}, ChangeStation{},
		MakeToken{}, RevokeToken{}, MessagesOf{},
	}
)

func TestRepliesCarryNoStoredCredential(t *testing.T) {
	found := sent()
	for name, fields := range found {
		if want := allowed[name]; fields != want {
			t.Errorf("%s has the fields\n  %s\nallowed are\n  %s", name, fields, want)
		}
	}
	if len(found) != len(allowed) {
		t.Errorf("%d forms found, %d listed", len(found), len(allowed))
	}
}

// sent lists the forms that the API sends, with their fields.
func sent() map[string]string {
	found := map[string]string{}
	for _, form := range slices.Concat(replies, slices.Collect(maps.Values(Steps()))) {
		collect(reflect.TypeOf(form), found)
	}
	return found
}

// A form that stands in neither list would be sent without a look at its fields.
func TestEveryFormIsAReplyOrABody(t *testing.T) {
	found := sent()
	for _, form := range slices.Concat(bodies, slices.Collect(maps.Values(Inputs()))) {
		collect(reflect.TypeOf(form), found)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			_, isStruct := spec.Type.(*ast.StructType)
			_, known := found[spec.Name.Name]
			other := slices.Contains([]string{"Step", "Input", "Versions"}, spec.Name.Name) // two unions, and what travels in a header
			if isStruct && spec.Name.IsExported() && !known && !other {
				t.Errorf("%s: %s is in none of replies and bodies", file, spec.Name.Name)
			}
			return true
		})
	}
}

// collect lists the JSON fields of every struct of this package that t reaches.
func collect(t reflect.Type, found map[string]string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	leaf := []reflect.Type{reflect.TypeFor[Time](), reflect.TypeFor[Step](), reflect.TypeFor[Input]()}
	if t.Kind() != reflect.Struct || slices.Contains(leaf, t) || found[t.Name()] != "" {
		return
	}
	var fields []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields = append(fields, name)
	}
	found[t.Name()] = strings.Join(fields, " ")
	for i := range t.NumField() {
		collect(t.Field(i).Type, found)
	}
}
