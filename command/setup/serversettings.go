package setup

import (
	"errors"
	"io/fs"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
)

// ServerSettings are those of the organisation's server, as server.toml has them. docs/operations.md explains each. Files are
// named from the folder of server.toml, and a secret by its file or as "credential:NAME", one that systemd hands over.
type ServerSettings struct {
	BaseURL   string            `toml:"base_url"`
	Listen    ListenSettings    `toml:"listen"`
	ACME      ACMESettings      `toml:"acme"`
	Admin     AdminSettings     `toml:"admin"`
	Data      DataSettings      `toml:"data"`
	Keys      KeySettings       `toml:"keys"`
	Policy    PolicySettings    `toml:"policy"`
	Directory DirectorySettings `toml:"directory"`
	// Directories are further ones, by the name that stands before the IDs of their accounts, for good.
	Directories map[string]DirectorySettings `toml:"directories"`
	Delivery    DeliverySettings             `toml:"delivery"`
	Limits      LimitSettings                `toml:"limits"`
	Log         LogSettings                  `toml:"log"`
	Traces      TraceSettings                `toml:"traces"`
}

// ListenSettings say where people's computers reach the server.
type ListenSettings struct {
	Address     string   `toml:"address"` // "HOST:PORT", or "systemd"
	Certificate string   `toml:"certificate"`
	Key         string   `toml:"key"`
	BehindProxy []string `toml:"behind_proxy"` // addresses and networks
}

// ACMESettings say which authority issues the certificate, in place of files.
type ACMESettings struct {
	Directory  string `toml:"directory"` // address; empty: none does
	AgreeTerms bool   `toml:"agree_terms"`
	Contact    string `toml:"contact"`
	Folder     string `toml:"folder"`
	Trust      string `toml:"trust"`
}

// AdminSettings say where figures and profiles are.
type AdminSettings struct {
	Address string `toml:"address"` // "HOST:PORT", "unix:PATH", "systemd" or "off"
}

// DataSettings say where the server keeps what it knows.
type DataSettings struct {
	Folder string `toml:"folder"`
}

// KeySettings say where the keys are.
type KeySettings struct {
	Master string `toml:"master"`
	Audit  string `toml:"audit"`
	Heads  string `toml:"heads"`
}

// PolicySettings name the policy document.
type PolicySettings struct {
	File string `toml:"file"`
}

// DirectorySettings say where accounts and passwords live. Which of them count depends on the kind.
type DirectorySettings struct {
	Kind           string   `toml:"kind"`
	File           string   `toml:"file"`    // local
	Domain         string   `toml:"domain"`  // completes names
	Prefix         string   `toml:"prefix"`  // before a backslash
	Servers        []string `toml:"servers"` // addresses
	Trust          string   `toml:"trust"`   // roots in PEM
	User           string   `toml:"user"`    // the service account
	Password       string   `toml:"password"`
	Base           string   `toml:"base"`
	GroupBase      string   `toml:"group_base"`
	Administrators []string `toml:"administrators"` // groups
	Cloud          string   `toml:"cloud"`          // entra, and what follows
	Tenant         string   `toml:"tenant"`
	Application    string   `toml:"application"`
	Certificate    string   `toml:"certificate"`
	Secret         string   `toml:"secret"`
	GroupNames     bool     `toml:"group_names"`
	RoleHolders    bool     `toml:"role_holders"`
	SyncedHere     bool     `toml:"synced_here"`
	Names          []string `toml:"names"` // attributes
	Mail           string   `toml:"mail"`  // attribute
	PasswordPolicy string   `toml:"password_policy"`
}

// DeliverySettings say who carries what is sent to people.
type DeliverySettings struct {
	Letters LetterSettings `toml:"letters"`
	Mail    MailSettings   `toml:"mail"`
	// Mails are further ones, by name, which are asked after it, in the order in which they are written.
	Mails map[string]MailSettings `toml:"mails"`
	Text  TextSettings            `toml:"text"`
	// Texts are further ones, as Mails are.
	Texts map[string]TextSettings `toml:"texts"`
	Call  CallSettings            `toml:"call"`
	// Calls are further ones, as Mails are.
	Calls   map[string]CallSettings `toml:"calls"`
	Wording WordingSettings         `toml:"wording"`
}

// WordingSettings say what texts look like.
type WordingSettings struct {
	Name             string `toml:"name"` // in place of the organisation's
	BindCodeToDomain bool   `toml:"bind_code_to_domain"`
}

// LetterSettings say what mails look like.
type LetterSettings struct {
	FromName      string `toml:"from_name"`
	ReplyTo       string `toml:"reply_to"`
	Templates     string `toml:"templates"` // a folder
	CodeInSubject bool   `toml:"code_in_subject"`
}

// MailSettings name relays that have sender and account in common.
type MailSettings struct {
	Servers       []string      `toml:"servers"` // addresses; none: no mail is sent
	From          string        `toml:"from"`
	Helo          string        `toml:"helo"`
	Trust         string        `toml:"trust"` // roots in PEM
	Auth          string        `toml:"auth"`
	User          string        `toml:"user"`
	Secret        string        `toml:"secret"` // the password, or the client's secret
	TokenEndpoint string        `toml:"token_endpoint"`
	Client        string        `toml:"client"`
	Scope         string        `toml:"scope"`
	Time          time.Duration `toml:"time"` // for one attempt
}

// TextSettings name who carries text messages. Which of them count depends on the kind.
type TextSettings struct {
	Kind   string        `toml:"kind"`   // see textKinds; empty: no text is sent
	From   string        `toml:"from"`   // the sender that people see: a number, or a word where the country allows it
	User   string        `toml:"user"`   // the account there
	Secret string        `toml:"secret"` // its password, token or key
	Trust  string        `toml:"trust"`  // roots in PEM
	Time   time.Duration `toml:"time"`   // for one attempt

	Servers    []string `toml:"servers"` // smpp, and what follows: addresses
	SystemType string   `toml:"system_type"`
	Window     int      `toml:"window"`
	Alphabet   string   `toml:"alphabet"`
	// Of gateways that are reached by HTTP.
	Endpoint      string `toml:"endpoint"`
	Region        string `toml:"region"`
	Key           string `toml:"key"`     // by which it is signed in, where that is not the account
	Service       string `toml:"service"` // within the account
	Receipts      bool   `toml:"receipts"`
	ReceiptSecret string `toml:"receipt_secret"` // by which they are signed

	// Of one that these describe.
	Method    string            `toml:"method"`
	Type      string            `toml:"type"`
	Body      string            `toml:"body"`
	Headers   map[string]string `toml:"headers"`
	ReceiptAt string            `toml:"receipt_at"`
	TakenAt   string            `toml:"taken_at"`
	TakenIs   string            `toml:"taken_is"`
}

// CallSettings name who makes calls. Which of them count depends on the kind.
type CallSettings struct {
	Kind        string        `toml:"kind"`    // see callKinds; empty: nobody is called
	Servers     []string      `toml:"servers"` // addresses
	Domain      string        `toml:"domain"`  // of addresses there
	Trust       string        `toml:"trust"`   // roots in PEM
	User        string        `toml:"user"`    // the account there
	Secret      string        `toml:"secret"`  // its password, token or key
	Realm       string        `toml:"realm"`   // that the password is for
	Register    bool          `toml:"register"`
	From        string        `toml:"from"` // the caller's number
	FromName    string        `toml:"from_name"`
	Dial        []string      `toml:"dial"` // rules of how numbers are dialled
	SRTP        string        `toml:"srtp"`
	Local       string        `toml:"local"`    // address, or address and port
	External    string        `toml:"external"` // address
	Ports       string        `toml:"ports"`    // of speech: "16384-16583"
	Most        int           `toml:"calls"`    // at once
	Ring        time.Duration `toml:"ring"`
	Language    string        `toml:"language"`
	SpeakAtOnce bool          `toml:"speak_at_once"`
	Endpoint    string        `toml:"endpoint"` // of a provider that is reached by HTTP
	Key         string        `toml:"key"`      // by which it is signed in, where that is not the account
	Time        time.Duration `toml:"time"`     // for one attempt
}

// LimitSettings bound what clients may take.
type LimitSettings struct {
	Connections          int           `toml:"connections"`
	ConnectionsPerClient int           `toml:"connections_per_client"`
	RequestsPerMinute    int           `toml:"requests_per_minute"`
	SharedNetworks       []string      `toml:"shared_networks"`
	HeaderTime           time.Duration `toml:"header_time"`
	BodyTime             time.Duration `toml:"body_time"`
	ReplyTime            time.Duration `toml:"reply_time"`
	IdleTime             time.Duration `toml:"idle_time"`
	StopTime             time.Duration `toml:"stop_time"`
}

// LogSettings say how the log is written.
type LogSettings struct {
	Format string `toml:"format"` // "json", "journal" or "text"
	Level  string `toml:"level"`  // "info", "warn" or "error"
}

// TraceSettings say where traces go.
type TraceSettings struct {
	Endpoint string `toml:"endpoint"` // of an OTLP collector; empty: nowhere
	Percent  int    `toml:"percent"`  // of requests
}

// DefaultServerSettings are those that hold where server.toml says nothing else.
func DefaultServerSettings() ServerSettings {
	return ServerSettings{
		Listen:    ListenSettings{Address: ":8443"},
		ACME:      ACMESettings{Folder: "acme"},
		Admin:     AdminSettings{Address: "127.0.0.1:9464"},
		Directory: DirectorySettings{Kind: "local", File: "directory.db"},
		Delivery:  DeliverySettings{Mail: defaultMail(), Text: defaultText(), Call: defaultCall()},
		Limits: LimitSettings{
			Connections: 1000, ConnectionsPerClient: 100, RequestsPerMinute: 1200,
			HeaderTime: 10 * time.Second, BodyTime: 30 * time.Second, ReplyTime: time.Minute, IdleTime: 2 * time.Minute,
			StopTime: 25 * time.Second,
		},
		Log:    LogSettings{Format: "json", Level: "info"},
		Traces: TraceSettings{Percent: 10},
	}
}

func defaultText() TextSettings {
	return TextSettings{Time: 8 * time.Second, Method: "POST", Type: "json", Headers: map[string]string{}, Window: 10, Alphabet: "gsm"}
}

func defaultCall() CallSettings {
	return CallSettings{SRTP: "offer", Most: 20, Ring: 25 * time.Second, Language: "en", Time: 12 * time.Second}
}

func defaultMail() MailSettings { return MailSettings{Auth: "password", Time: 8 * time.Second} }

// readServerSettings reads server.toml. The error is that of reading it, or a *config.Problems of a document that can't be read;
// what is wrong in single settings is in problems, which may be empty.
func readServerSettings(path string) (s ServerSettings, lines config.Lines, problems *config.Problems, err error) {
	s = DefaultServerSettings()
	document, err := config.Read(path, maxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		err = app.NewProblem("", "no_settings", "file", path)
	}
	if err != nil {
		return s, nil, nil, err
	}
	lines, problems = config.DecodeLines(path, document, &s)
	return s, lines, problems, nil
}
