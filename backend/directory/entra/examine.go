package entra

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/directory/examine"
	"github.com/sparekey/sparekey/backend/port"
)

var _ examine.Directory = (*Directory)(nil)

// Examine implements examine.Directory.
func (d *Directory) Examine(ctx context.Context, what examine.Examination, tell func(examine.Finding)) {
	e := &examination{Directory: d, tell: tell}
	if e.token(ctx) && e.permissions(ctx) {
		e.domain(ctx)
		e.groups(ctx)
		if what.Person != "" {
			e.person(ctx, what.Person)
		}
		if what.Reset != "" {
			e.reset(ctx, what.Reset)
		}
	}
}

// examination is one that is under way.
type examination struct {
	*Directory
	tell func(examine.Finding)
}

// askFor is how long one question may take.
const askFor = 20 * time.Second

// token has the cloud give a token, and says when the certificate for the next ones ends. It reports whether there is one.
func (e *examination) token(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	found := examine.Finding{Step: examine.StepToken, About: e.config.Tenant, Params: map[string]string{"application": e.config.Client}}
	e.certificate()
	if _, err := e.graph.tokens.get(ctx); err != nil {
		found.Code, found.Failed, found.Cause = tokenCode(err), true, err
	}
	e.tell(found)
	return !found.Failed
}

// tokenCode says why the cloud gives no token (Microsoft identity platform, error codes).
func tokenCode(err error) examine.Code {
	var unreached *net.OpError
	switch aadsts.FindString(err.Error()) {
	case "AADSTS90002", "AADSTS900023", "AADSTS900021", "AADSTS50059":
		return examine.TokenTenant
	case "AADSTS700016", "AADSTS700038", "AADSTS7000112":
		return examine.TokenApplication
	case "AADSTS7000215", "AADSTS700027", "AADSTS7000216":
		return examine.TokenProof
	case "AADSTS7000222":
		return examine.TokenExpired
	}
	if errors.As(err, &unreached) {
		return examine.Unreached
	}
	return examine.TokenRefused
}

// certificate says where that of the application is over, or soon will be. Whether it can be read the token tells.
func (e *examination) certificate() {
	if e.config.Certificate == nil {
		return
	}
	file, err := e.config.Certificate()
	if err != nil {
		return
	}
	all, _, err := ReadCertificate(file)
	if err != nil {
		return
	}
	own, now := all[0], e.config.Clock.Now()
	found := examine.Finding{Step: examine.StepTLS, About: e.config.Client, Params: map[string]string{
		"subject": own.Subject.String(), "issuer": own.Issuer.String(), "until": own.NotAfter.UTC().Format(time.DateOnly),
	}}
	switch left := own.NotAfter.Sub(now); {
	case left <= 0:
		found.Code, found.Failed = examine.TLSExpired, true
	case left < examine.Soon:
		found.Code = examine.TLSSoon
	}
	e.tell(found)
}

// domain says whether names are completed by a domain that is the tenant's, and whose passwords are kept there.
func (e *examination) domain(ctx context.Context) {
	if e.config.Domain == "" {
		return
	}
	found := examine.Finding{Step: examine.StepDomain, About: e.config.Domain}
	all, err := e.federated(ctx)
	federated, known := all[typed.Fold(e.config.Domain)]
	switch {
	case err != nil:
		found.Code, found.Failed, found.Cause = examine.Unanswered, true, err
	case !known:
		found.Code, found.Failed = examine.DomainUnknown, true
	case federated:
		found.Code, found.Failed = examine.DomainFederated, true
	}
	e.tell(found)
}

// groups says whether there are those of the administrators.
func (e *examination) groups(ctx context.Context) {
	for _, name := range e.config.Administrators {
		found := examine.Finding{Step: examine.StepGroup, About: name}
		ids, err := e.administratorIDs(ctx, name)
		found.Params = map[string]string{"people": strconv.Itoa(len(ids))}
		switch {
		case notFound(err) || err == nil && len(ids) == 0:
			found.Code = examine.GroupUnknown
		case err != nil:
			found.Code, found.Failed, found.Cause = examine.Unanswered, true, err
		}
		e.tell(found)
	}
}

// person looks one up as a reset does, and says how they stand.
func (e *examination) person(ctx context.Context, name string) {
	found := examine.Finding{Step: examine.StepPerson, About: name}
	a, err := e.Find(ctx, name)
	var rules port.PasswordRules
	if err == nil {
		rules, err = e.Rules(ctx, a.ID)
	}
	switch {
	case errors.Is(err, port.ErrNotFound):
		found.Code = examine.PersonUnknown
	case err != nil:
		found.Code, found.Failed, found.Cause = examine.Unanswered, true, err
	default:
		found.Code = examine.Standing(a)
		found.Params = map[string]string{
			"user_id": a.UserID, "mail": a.Mail, "groups": strconv.Itoa(len(a.Groups)), "length": strconv.Itoa(rules.MinLength),
			"classes": strconv.Itoa(rules.MinClasses), "history": strconv.Itoa(rules.History),
		}
	}
	e.tell(found)
}

// reset gives a test account a password that nobody knows, and ends its sessions.
func (e *examination) reset(ctx context.Context, name string) {
	found := examine.Finding{Step: examine.StepReset, About: name, Code: examine.ResetTold}
	a, err := e.Find(ctx, name)
	if err == nil {
		err = e.SetPassword(ctx, a.ID, examine.Unguessable())
	}
	var refusal *port.Refusal
	switch {
	case errors.Is(err, port.ErrNotFound):
		found.Code = examine.PersonUnknown
	case errors.As(err, &refusal) && examine.Standing(a) != "" && (a.Elsewhere || a.Protected || a.Disabled):
		found.Code, found.Params = examine.Standing(a), map[string]string{"user_id": a.UserID}
	case errors.As(err, &refusal):
		found.Code, found.Params = examine.ResetRefused, map[string]string{"rule": refusal.Rule}
	case forbidden(err):
		found.Code, found.Remedy = examine.ResetRole, e.grantRole()
	case err != nil:
		found.Code = examine.ResetUnconfirmed
	}
	found.Failed, found.Cause = err != nil, err
	e.tell(found)
	if err == nil && forbidden(e.revoke(ctx, a.ID)) {
		e.tell(e.missing(revokeSessions))
	}
}

// forbidden reports whether Graph says that the app may not do something.
func forbidden(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.status == http.StatusForbidden
}
