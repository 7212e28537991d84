package ldap

import (
	"context"
	"errors"
	"fmt"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// link is a connection that is bound as the service account.
type link struct {
	conn   *ldap.Conn
	server address
	root   rootDSE
	born   time.Time

	broken  bool // its answers can't be trusted to be those of its questions
	changed bool // it was told to change something, which may have happened whatever came of it
}

// rootDSE is what a server says of itself (RFC 4512, 5.1).
type rootDSE struct {
	base     string // default naming context, or the only one
	controls map[string]bool
}

// during runs f with a connection whose questions end when ctx does.
func (l *link) during(ctx context.Context, f func(*ldap.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.conn.SetTimeout(remaining(ctx))
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	err := f(l.conn)
	if !stop() || err != nil && !answered(err) {
		l.broken = true
	}
	return err
}

// change runs f, which tells the server to change something.
func (l *link) change(ctx context.Context, f func(*ldap.Conn) error) error {
	return l.during(ctx, func(conn *ldap.Conn) error {
		l.changed = true
		return f(conn)
	})
}

// answered reports whether an error is the server's word: an LDAP result (RFC 4511, 4.1.9). Everything else, such as a
// time-out, says nothing of what the server did.
func answered(err error) bool {
	_, is := asResult(err)
	return is
}

// asResult gives the LDAP result that an error is.
func asResult(err error) (*ldap.Error, bool) {
	var result *ldap.Error
	if errors.As(err, &result) && result.ResultCode < ldap.ErrorNetwork && result.Packet != nil {
		return result, true
	}
	return nil, false
}

// hasCode reports whether an error is an LDAP result with one of the codes.
func hasCode(err error, codes ...uint16) bool {
	result, is := asResult(err)
	return is && ldap.IsErrorAnyOf(result, codes...)
}

// query is a search.
type query struct {
	base       string
	scope      int
	filter     string
	attributes []string
	limit      int // entries that are of use; 0 for all of them
}

// search gives the entries of a search. Referrals to other servers are not followed. An entry that is asked for by its name may be
// gone, or another server's; what people and groups are beneath is there, and where the server says otherwise (it is being filled,
// or lets the service account see nothing) nobody is gone.
func (l *link) search(ctx context.Context, q query) ([]*ldap.Entry, error) {
	var found []*ldap.Entry
	err := l.during(ctx, func(conn *ldap.Conn) error {
		request := ldap.NewSearchRequest(q.base, q.scope, ldap.NeverDerefAliases, q.limit, 0, false, q.filter, q.attributes, nil)
		var result *ldap.SearchResult
		var err error
		if q.limit == 0 && q.scope != ldap.ScopeBaseObject {
			result, err = conn.SearchWithPaging(request, pageSize)
		} else {
			result, err = conn.Search(request)
		}
		if result != nil {
			found = result.Entries
		}
		return err
	})
	switch {
	case hasCode(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultReferral) && q.scope == ldap.ScopeBaseObject:
		return nil, nil
	case hasCode(err, ldap.LDAPResultSizeLimitExceeded) && q.limit > 0:
		return found, nil
	case err != nil:
		return nil, fmt.Errorf("search: %w", err)
	}
	return found, nil
}

// pageSize is how many entries are asked for at a time (RFC 2696).
const pageSize = 500

// entry gives the one entry at a DN; nil where there is none.
func (l *link) entry(ctx context.Context, dn string, attributes ...string) (*ldap.Entry, error) {
	found, err := l.search(ctx, query{base: dn, scope: ldap.ScopeBaseObject, filter: "(objectClass=*)", attributes: attributes})
	if err != nil || len(found) != 1 {
		return nil, err
	}
	return found[0], nil
}

// readRoot reads what the server says of itself.
func (l *link) readRoot(ctx context.Context) error {
	e, err := l.entry(ctx, "", "defaultNamingContext", "namingContexts", "supportedControl")
	if err != nil {
		return err
	}
	l.root = rootDSE{controls: map[string]bool{}}
	if e == nil {
		return nil
	}
	for _, oid := range e.GetAttributeValues("supportedControl") {
		l.root.controls[oid] = true
	}
	l.root.base = e.GetAttributeValue("defaultNamingContext")
	if all := e.GetAttributeValues("namingContexts"); l.root.base == "" && len(all) == 1 {
		l.root.base = all[0]
	}
	return nil
}

// criticalControl encodes a control that a server has to respect or refuse (RFC 4511, 4.1.11); value may be nil. The boolean is
// written as DER has it, 0xFF (X.690, 11.1): Samba takes no other true, and the library writes 0x01.
func criticalControl(oid string, value *ber.Packet) *ber.Packet {
	control := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "control")
	control.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, oid, "type"))
	control.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, "\xff", "criticality"))
	if value != nil {
		control.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, string(value.Bytes()), "value"))
	}
	return control
}
