package call

import (
	"errors"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// errChallenge says that a server wants a proof that can't be given.
var errChallenge = errors.New("the server wants no proof that is known here")

// strengths are the algorithms that are answered, the strongest first (RFC 8760).
var strengths = []string{"SHA-512-256", "SHA-256", "MD5", ""}

// authorise adds to a request the proof that a reply wants of it (RFC 3261, 22; RFC 7616).
func (p *Provider) authorise(req *sip.Request, reply *sip.Response) error {
	wants, gives := "WWW-Authenticate", "Authorization"
	if reply.StatusCode == sip.StatusProxyAuthRequired {
		wants, gives = "Proxy-Authenticate", "Proxy-Authorization"
	}
	challenge := p.choose(reply.GetHeaders(wants))
	if challenge == nil || p.config.User == "" || p.config.Secret == nil {
		return errChallenge
	}
	secret, err := p.config.Secret()
	if err != nil {
		return err
	}
	proof, err := digest.Digest(challenge, digest.Options{
		Method: req.Method.String(), URI: req.Recipient.String(), Username: p.config.User, Password: secret.Reveal(),
	})
	if err != nil {
		return errChallenge
	}
	req.RemoveHeader(gives)
	req.AppendHeader(sip.NewHeader(gives, proof.String()))
	req.RemoveHeader("Via")
	req.CSeq().SeqNo++
	return nil
}

// choose gives the strongest challenge that can be answered, of the realm that the password is for; nil: there is none.
func (p *Provider) choose(headers []sip.Header) (best *digest.Challenge) {
	rank := len(strengths)
	for _, h := range headers {
		c, err := digest.ParseChallenge(h.Value())
		if err != nil || p.config.Realm != "" && c.Realm != p.config.Realm {
			continue
		}
		c.Algorithm = strings.ToUpper(c.Algorithm)
		for i := range c.QOP {
			c.QOP[i] = strings.TrimSpace(c.QOP[i])
		}
		if len(c.QOP) > 0 && !c.SupportsQOP("auth") {
			continue
		}
		if at := slices.Index(strengths, c.Algorithm); at >= 0 && at < rank {
			best, rank = c, at
		}
	}
	return best
}
