package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sparekey/sparekey"

// room is a row of the table in docs/architecture.md: a package and what it may import besides app.
type room struct {
	own     []string // packages of this module
	foreign []string // modules from elsewhere, by prefix; the standard library is always allowed
	why     string
}

const (
	whyDomain  = "the domain meets everybody, so it depends on nobody"
	whySibling = "siblings meet in the domain, so that each can be replaced, and read, alone"
	whyEdge    = "each technology stays behind its port, and its words are translated there only"
	whyWindow  = "the window draws steps; it can name no method, no store and no wire"
)

var rooms = map[string]room{
	"":        {own: []string{"command"}, foreign: []string{"github.com/mattn/go-isatty"}, why: "main begins and ends the process; the command line is a room of its own"},
	"command": {own: []string{"app/files", "app/typed", "assets/words", "command/ask", "command/setup", "command/desktop", "command/doctor", "backend/policy", "backend/breached"}, foreign: []string{"github.com/alecthomas/kong"}, why: "a command says what is done; what it stands on is built in setup, and what a window needs in desktop"},
	"command/setup": {own: []string{
		"app/config", "app/files", "app/signed", "assets/words", "client", "client/keyring", "command/setup/managed", "backend", "backend/api", "backend/audit", "backend/backup", "backend/breached", "backend/contacts",
		"backend/delivery/call", "backend/delivery/call/media", "backend/delivery/examine", "backend/delivery/gateway", "backend/delivery/letter", "backend/delivery/mail", "backend/delivery/receipt", "backend/delivery/route", "backend/delivery/server", "backend/delivery/smpp", "backend/delivery/spoken", "backend/delivery/text", "backend/directory/entra", "backend/directory/examine", "backend/directory/ldap", "backend/directory/local", "backend/directory/several", "backend/listen", "backend/page", "backend/policy", "backend/port", "backend/sqlite", "backend/store", "backend/telemetry", "backend/trial", "backend/vault",
		"app/typed", "assets", "command/filepages", "command/systemd", "assets/prompt",
		"methods/authapp", "methods/email", "methods/questions", "methods/securitykey", "methods/sms", "methods/voice",
	}, foreign: []string{"github.com/gofrs/flock", "github.com/jeandeaual/go-locale", "golang.org/x/sys/windows", "golang.org/x/text/language"}, why: "a command runs where no window can be shown"},
	"command/ask":           {foreign: []string{"golang.org/x/term"}, why: "asking knows nothing of what is asked"},
	"command/setup/managed": {own: []string{"app/config", "app/files"}, foreign: []string{"howett.net/plist", "golang.org/x/sys/windows"}, why: "what a system keeps of an organisation's settings is read in one place, which knows none of them"},
	"command/filepages":     {foreign: []string{"golang.org/x/sys"}, why: whyEdge},
	"command/systemd":       {foreign: []string{"github.com/coreos/go-systemd/v22", "golang.org/x/sys"}, why: whyEdge},
	"command/manual":        {own: []string{"command"}, foreign: []string{"github.com/alecthomas/kong", "github.com/alecthomas/mango-kong", "github.com/muesli/roff"}, why: "what is written from the grammar when a package is made is in no program that people get"},
	"command/doctor":        {own: []string{"assets/words", "command/setup", "client", "client/keyring"}, why: "the doctor looks at a window and at keys through what it is given: a headless build has neither"},
	"command/desktop": {own: []string{
		"command/filepages", "command/setup", "command/desktop/alert", "command/desktop/instance", "command/desktop/screen", "command/desktop/sound", "assets", "assets/prompt", "assets/words",
		"ui", "ui/kiosk", "ui/kit", "ui/tour", "command/desktop/appearance", "command/desktop/hold", "command/desktop/rest", "command/desktop/entry", "command/desktop/network", "methods/authapp", "methods/securitykey/usb",
	}, foreign: []string{"fyne.io/fyne/v2", "github.com/pquerna/otp/totp"}, why: "the window is wired here, and a headless build does without this room"},
	"command/desktop/alert":      {foreign: []string{"golang.org/x/sys/windows"}, why: whyEdge},
	"command/desktop/appearance": {foreign: []string{"github.com/godbus/dbus/v5"}, why: whyEdge},
	"command/desktop/hold":       {foreign: []string{"fyne.io/fyne/v2", "github.com/go-gl/glfw"}, why: whyEdge},
	"command/desktop/rest":       {foreign: []string{"fyne.io/fyne/v2", "github.com/go-gl/glfw"}, why: whyEdge},
	"command/desktop/entry":      {own: []string{"assets", "command/desktop/screen"}, foreign: []string{"github.com/jezek/xgb", "golang.org/x/image"}, why: "what stands on a logon screen all day is small: it knows X, and no window"},
	"command/desktop/network":    {foreign: []string{"github.com/godbus/dbus/v5"}, why: whyEdge},
	"command/desktop/instance":   {foreign: []string{"github.com/gofrs/flock", "github.com/Microsoft/go-winio", "golang.org/x/sys/windows"}, why: whyEdge},
	"command/desktop/screen":     {foreign: []string{"github.com/jezek/xgb", "golang.org/x/sys"}, why: whyEdge},
	"command/desktop/sound":      {foreign: []string{"golang.org/x/sys"}, why: whyEdge},

	"app":                     {why: whyDomain},
	"app/files":               {why: whyDomain},
	"app/config":              {own: []string{"app/files"}, foreign: []string{"github.com/pelletier/go-toml/v2"}, why: "reading a document knows nothing of what it configures"},
	"app/password":            {own: []string{"app/typed", "app/password/guess"}, foreign: []string{"golang.org/x/text"}, why: whyDomain},
	"app/password/guess":      {why: "an estimate knows no rule, and costs nothing before it is asked"},
	"app/signed":              {foreign: []string{"github.com/remitly-oss/httpsig-go"}, why: whyDomain},
	"app/typed":               {foreign: []string{"golang.org/x/text"}, why: whyDomain},
	"app/work":                {foreign: []string{"golang.org/x/crypto/argon2"}, why: whyDomain},
	"assets":                  {why: "files, embedded, and nothing else"},
	"assets/words":            {own: []string{"assets"}, foreign: []string{"golang.org/x/text"}, why: "texts meet the window, the commands and the server's pages, so they know none of them"},
	"assets/prompt":           {why: "files, embedded, and how they are put together"},
	"methods/kept":            {why: "what a method keeps is read and written in one place, which knows no method"},
	"methods/sentcode":        {own: []string{"methods/kept"}, why: whySibling},
	"methods/authapp":         {own: []string{"methods/kept"}, foreign: []string{"github.com/pquerna/otp", "github.com/skip2/go-qrcode"}, why: whySibling},
	"methods/email":           {own: []string{"app/typed", "methods/kept", "methods/sentcode"}, foreign: []string{"golang.org/x/net/idna"}, why: whySibling},
	"methods/phone":           {own: []string{"methods/kept", "methods/sentcode"}, foreign: []string{"github.com/nyaruka/phonenumbers"}, why: whySibling},
	"methods/sms":             {own: []string{"methods/phone"}, why: whySibling},
	"methods/voice":           {own: []string{"methods/phone"}, why: whySibling},
	"methods/questions":       {own: []string{"app/typed", "assets", "methods/kept"}, foreign: []string{"golang.org/x/crypto/argon2", "golang.org/x/text"}, why: whySibling},
	"methods/methodtest":      {why: whySibling},
	"methods/securitykey":     {own: []string{"app/typed", "methods/kept"}, foreign: []string{"github.com/go-webauthn/webauthn", "github.com/google/uuid"}, why: whySibling},
	"methods/securitykey/usb": {foreign: []string{"github.com/keys-pub/go-libfido2", "golang.org/x/sys/windows", "golang.org/x/text"}, why: "the only room that knows libfido2, which is quarantined there"},

	"methods/securitykey/keytest":      {foreign: []string{"github.com/fxamacker/cbor/v2", "github.com/google/uuid"}, why: "answers for tests know nothing of the method that judges them"},
	"methods/securitykey/usb/ctaptest": {foreign: []string{"github.com/fxamacker/cbor/v2"}, why: "a key for tests knows nothing of the driver that it tests"},

	"methods/securitykey/usb/ctaptest/virtualkey": {own: []string{"methods/securitykey/usb/ctaptest"}, why: "the key in software is run beside the product, and no part of it"},

	"client":                               {own: []string{"app/signed", "client/wire", "client/keyring"}, foreign: []string{"github.com/mattn/go-ieproxy"}, why: whySibling},
	"client/wire":                          {why: whyEdge},
	"client/keyring":                       {foreign: []string{"github.com/zalando/go-keyring", "github.com/godbus/dbus/v5"}, why: whyEdge},
	"backend":                              {own: []string{"backend/core", "backend/flow", "backend/session", "backend/admin", "backend/worker", "backend/rules", "backend/policy", "backend/port"}, why: "the backend composes its rooms, and gets its methods and its technologies injected"},
	"backend/rules":                        {own: []string{"backend/port", "backend/policy", "app/password"}, why: "what a policy means for a person is computed, and needs nobody"},
	"backend/limit":                        {own: []string{"backend/port", "backend/policy"}, why: "how often something may happen is computed, from counters alone"},
	"backend/core":                         {own: []string{"app/typed", "backend/port", "backend/policy", "backend/rules", "backend/limit", "app/work"}, why: "what every operation stands on knows no conversation"},
	"backend/flow":                         {own: []string{"app/typed", "backend/port", "backend/policy", "backend/rules", "backend/limit", "backend/core", "app/work"}, why: "the conversations stand on core, and know nobody beside it"},
	"backend/session":                      {own: []string{"backend/port", "backend/rules", "backend/core", "backend/flow"}, why: "a session is opened by a flow"},
	"backend/admin":                        {own: []string{"app/typed", "app/config", "app/files", "backend/port", "backend/policy", "backend/contacts", "backend/sheet", "backend/rules", "backend/limit", "backend/core"}, why: "administrators have no conversation: what they do reaches a flow by the store alone"},
	"backend/worker":                       {own: []string{"backend/port", "backend/policy", "backend/core", "backend/flow"}, why: "what goes on by itself has the flows carry on"},
	"backend/port":                         {why: whyEdge},
	"backend/policy":                       {own: []string{"app/config", "app/files"}, foreign: []string{"golang.org/x/text/language"}, why: whyEdge},
	"backend/sheet":                        {own: []string{"app/files", "app/typed"}, why: "reading a file takes no store and no directory"},
	"backend/contacts":                     {own: []string{"app/typed", "backend/sheet"}, why: "reading a file takes no store and no directory"},
	"backend/trial":                        {own: []string{"backend/port", "backend/policy"}, why: whySibling},
	"backend/api":                          {own: []string{"app/signed", "client/wire", "backend/port"}, foreign: []string{"github.com/danielgtaylor/huma/v2"}, why: whyEdge},
	"backend/sqlite":                       {foreign: []string{"github.com/mattn/go-sqlite3", "modernc.org/sqlite"}, why: whyEdge},
	"backend/store":                        {own: []string{"backend/port", "backend/sqlite"}, foreign: []string{"github.com/gofrs/flock", "github.com/pressly/goose/v3"}, why: whyEdge},
	"backend/store/storetest":              {own: []string{"backend/port"}, why: "the contract knows the port, and none of the technologies that keep it"},
	"backend/backup":                       {own: []string{"app/files"}, foreign: []string{"filippo.io/age"}, why: "the file of a backup knows nothing of what is in it, and no key"},
	"backend/vault":                        {own: []string{"backend/port"}, foreign: []string{"github.com/gofrs/flock"}, why: whyEdge},
	"backend/audit":                        {own: []string{"app/files", "backend/port"}, foreign: []string{"github.com/gofrs/flock"}, why: whyEdge},
	"backend/breached":                     {own: []string{"app/files", "backend/port"}, foreign: []string{"github.com/FastFilter/xorfilter", "golang.org/x/text"}, why: whyEdge},
	"backend/listen":                       {own: []string{"app/files", "backend/limit", "backend/port"}, foreign: []string{"golang.org/x/crypto/acme"}, why: "the door serves a handler, and knows nothing of what that does"},
	"backend/page":                         {own: []string{"assets/words"}, why: "a page for browsers knows what it says and asks for, and nothing of who carries that out"},
	"backend/telemetry":                    {own: []string{"backend/port"}, foreign: []string{"github.com/prometheus/client_golang", "go.opentelemetry.io/otel", "go.opentelemetry.io/proto/otlp", "google.golang.org/protobuf/proto"}, why: "it looks on from outside: what it can't reach, it can't tell"},
	"backend/certtest":                     {why: "servers under test know nothing of who is tested"},
	"backend/directory/directorytest":      {own: []string{"backend/port"}, why: "the contract knows the port, and none of the technologies that keep it"},
	"backend/directory/ldap":               {own: []string{"app/typed", "backend/directory/examine", "backend/port"}, foreign: []string{"github.com/go-asn1-ber/asn1-ber", "github.com/go-ldap/ldap/v3", "golang.org/x/sync"}, why: whyEdge},
	"backend/directory/ldap/ldaptest":      {foreign: []string{"github.com/go-ldap/ldap/v3", "golang.org/x/sys"}, why: "servers under test know nothing of who is tested"},
	"backend/directory/several":            {own: []string{"app/typed", "backend/port"}, why: "how directories are told apart knows no technology"},
	"backend/directory/entra":              {own: []string{"app/typed", "backend/directory/examine", "backend/port"}, foreign: []string{"github.com/Azure/azure-sdk-for-go/sdk/azcore", "github.com/Azure/azure-sdk-for-go/sdk/azidentity", "golang.org/x/sync"}, why: whyEdge},
	"backend/directory/examine":            {own: []string{"backend/port"}, why: "what is found has codes, whichever technology found it"},
	"backend/directory/entra/entratest":    {why: "a server under test knows nothing of who is tested"},
	"backend/directory/local":              {own: []string{"app/typed", "backend/port", "backend/sqlite"}, foreign: []string{"github.com/pressly/goose/v3", "golang.org/x/crypto", "golang.org/x/sync"}, why: whyEdge},
	"backend/delivery/examine":             {own: []string{"backend/port"}, why: "how a provider is tried is the same for each, and knows no technology"},
	"backend/delivery/letter":              {own: []string{"app/files", "assets/words"}, why: "what a mail says knows no way by which it leaves"},
	"backend/delivery/server":              {why: "where a provider listens is the same for each, and knows no technology"},
	"backend/delivery/mail":                {own: []string{"backend/delivery/examine", "backend/delivery/letter", "backend/delivery/server", "backend/port"}, foreign: []string{"github.com/wneessen/go-mail", "golang.org/x/net/idna", "golang.org/x/oauth2"}, why: whyEdge},
	"backend/delivery/mail/mailtest":       {own: []string{"backend/certtest"}, foreign: []string{"github.com/emersion/go-sasl", "github.com/emersion/go-smtp"}, why: "servers under test know nothing of who is tested"},
	"backend/delivery/smpp":                {own: []string{"backend/delivery/examine", "backend/delivery/server", "backend/port"}, foreign: []string{"github.com/linxGnu/gosmpp"}, why: whyEdge},
	"backend/delivery/smpp/smpptest":       {own: []string{"backend/certtest"}, foreign: []string{"github.com/linxGnu/gosmpp"}, why: "servers under test know nothing of who is tested"},
	"backend/delivery/route":               {own: []string{"backend/port"}, why: "which provider is asked next knows no technology"},
	"ui":                                   {own: []string{"app/typed", "assets/words", "ui/kit", "ui/shell", "ui/step", "ui/keycare", "ui/tray"}, foreign: []string{"fyne.io/fyne/v2"}, why: "the front door leads to every room of the window, and into none beyond"},
	"ui/shell":                             {own: []string{"assets/words", "ui/kit"}, foreign: []string{"fyne.io/fyne/v2"}, why: "the shell knows no page: its routes are given to it"},
	"ui/step":                              {own: []string{"app/typed", "app/password", "app/work", "assets/words", "ui/kit", "ui/shell", "ui/keyparts"}, foreign: []string{"fyne.io/fyne/v2"}, why: whyWindow},
	"ui/keycare":                           {own: []string{"app/typed", "assets/words", "ui/kit", "ui/shell", "ui/keyparts"}, foreign: []string{"fyne.io/fyne/v2"}, why: whyWindow},
	"ui/keyparts":                          {own: []string{"app/typed", "assets/words", "ui/kit", "ui/shell"}, foreign: []string{"fyne.io/fyne/v2"}, why: whyWindow},
	"ui/tray":                              {own: []string{"assets/words", "assets/prompt", "ui/kit", "ui/shell"}, foreign: []string{"fyne.io/fyne/v2"}, why: "what only the trial shows can't reach what it is a trial of"},
	"ui/uitest":                            {own: []string{"ui", "ui/kit", "ui/shell", "ui/tray"}, foreign: []string{"fyne.io/fyne/v2"}, why: "tests look at the window as a person does"},
	"ui/kit":                               {own: []string{"assets"}, foreign: []string{"fyne.io/fyne/v2"}, why: "widgets know the toolkit and no word of the domain"},
	"ui/tour":                              {own: []string{"ui", "ui/kit"}, foreign: []string{"fyne.io/fyne/v2"}, why: "the tour does what a person can do, through the window alone"},
	"backend/delivery/gateway":             {own: []string{"assets/prompt", "backend/delivery/examine", "backend/delivery/receipt", "backend/delivery/server", "backend/port"}, foreign: []string{"github.com/aws/aws-sdk-go-v2/aws", "github.com/golang-jwt/jwt/v5"}, why: whyEdge},
	"backend/delivery/gateway/gatewaytest": {own: []string{"backend/certtest"}, why: "servers under test know nothing of who is tested"},
	"backend/delivery/receipt":             {own: []string{"backend/port"}, why: "how receipts come in is the same for each provider, and knows no technology"},
	"backend/delivery/text":                {own: []string{"app/typed", "assets/words"}, foreign: []string{"golang.org/x/text/unicode/norm"}, why: "what a text says knows no way by which it leaves"},
	"backend/delivery/call":                {own: []string{"backend/delivery/examine", "backend/delivery/server", "backend/delivery/spoken", "backend/port", "backend/delivery/call/media"}, foreign: []string{"github.com/emiago/sipgo", "github.com/icholy/digest"}, why: whyEdge},
	"backend/delivery/call/calltest":       {own: []string{"assets/prompt"}, foreign: []string{"github.com/emiago/sipgo/sip", "github.com/icholy/digest", "github.com/pion/rtp", "github.com/pion/srtp/v3"}, why: "telephones under test know nothing of who calls"},
	"backend/delivery/spoken":              {own: []string{"assets/prompt", "backend/port"}, why: "what a call says knows no way by which it is heard"},
	"backend/delivery/call/media":          {own: []string{"assets/prompt"}, foreign: []string{"github.com/pion/rtp", "github.com/pion/sdp/v3", "github.com/pion/srtp/v3"}, why: "speech knows nothing of the signalling"},
	"ui/kiosk":                             {own: []string{"assets/words", "ui/kit", "ui/shell", "ui/step", "ui/tray"}, foreign: []string{"fyne.io/fyne/v2"}, why: "a second front door, which leads to no more than a kiosk may show"},
}

// source is a file of the product: no tests.
type source struct {
	pkg  string // folder, "" for the root
	path string
	file *ast.File
	fset *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (p != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "build" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(p))
		if dir == "." {
			dir = ""
		}
		out = append(out, source{pkg: dir, path: p, file: f, fset: fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImportsKeepTheWalls(t *testing.T) {
	for _, s := range sources(t) {
		r, known := rooms[s.pkg]
		if !known {
			t.Errorf("%s: package %s is not in the table of docs/architecture.md; give it a room", s.path, s.pkg)
			continue
		}
		for _, imp := range s.file.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if !allowed(r, name) {
				t.Errorf("%s imports %s: %s", s.path, name, r.why)
			}
		}
	}
}

func allowed(r room, name string) bool {
	if own, inside := strings.CutPrefix(name, module+"/"); inside {
		if own == "app" {
			return true
		}
		for _, o := range r.own {
			if o == own {
				return true
			}
		}
		return false
	}
	if first, _, _ := strings.Cut(name, "/"); !strings.Contains(first, ".") {
		return true
	}
	for _, f := range r.foreign {
		if name == f || strings.HasPrefix(name, f+"/") {
			return true
		}
	}
	return false
}

func TestEveryPackageHasOneComment(t *testing.T) {
	comments := map[string]int{}
	for _, s := range sources(t) {
		comments[s.pkg] += 0
		if s.file.Doc != nil {
			comments[s.pkg]++
		}
	}
	for pkg, n := range comments {
		if n != 1 {
			t.Errorf("package %q has %d package comments: one says what the room is for", pkg, n)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.IsExported() && f.Doc == nil {
				t.Errorf("%s: %s has no comment", s.path, f.Name.Name)
			}
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, spec := range g.Specs {
				ts := spec.(*ast.TypeSpec)
				if ts.Name.IsExported() && ts.Doc == nil && g.Doc == nil {
					t.Errorf("%s: type %s has no comment", s.path, ts.Name.Name)
				}
			}
		}
	}
}

func TestNoInitRegistration(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: wiring is visible in command", s.path)
			}
		}
	}
}

func TestOnlyMainExits(t *testing.T) {
	for _, s := range sources(t) {
		// programs of their own beside the product, and what starts servers for tests
		if s.pkg == "methods/securitykey/usb/ctaptest/virtualkey" || s.pkg == "command/manual" || s.pkg == "backend/directory/ldap/ldaptest" || s.pkg == "backend/delivery/mail/mailtest" || s.pkg == "backend/delivery/call/calltest" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := sel.X.(*ast.Ident)
			if ok && id.Name == "os" && sel.Sel.Name == "Exit" && s.path != "main.go" {
				t.Errorf("%s calls os.Exit: only main.go ends the process", s.path)
			}
			// The desktop starts itself to try a window. The system's player gets fixed arguments, and the speech by its
			// standard input or as a file. A box gets words about a start that failed, before anybody has typed anything.
			if ok && id.Name == "exec" && !slices.Contains([]string{"command/desktop", "command/desktop/alert", "command/desktop/sound"}, s.pkg) {
				t.Errorf("%s starts a program: no shell is ever between a person and their password", s.path)
			}
			return true
		})
	}
}
