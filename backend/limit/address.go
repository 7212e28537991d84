package limit

import "strings"

// FoldAddress gives the mailbox that mails to an address most likely reach, to count them by, never to send to. How a
// local part is read is its host's business (RFC 5321, section 2.4): most of them read it whatever the case, many leave
// out what stands behind a "+" (RFC 5233) and some the dots. Where a host reads it otherwise, two mailboxes share one
// budget, which does nobody harm.
func FoldAddress(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return strings.ToLower(address)
	}
	local, domain := strings.ToLower(address[:at]), strings.ToLower(address[at:])
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	if bare := strings.ReplaceAll(local, ".", ""); bare != "" {
		local = bare
	}
	return local + domain
}
