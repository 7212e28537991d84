package ctaptest

// mostOfName is how many bytes of a name an authenticator has to take (WebAuthn Level 3, section 6.4.1).
const mostOfName = 64

// takesNames refuses a name that is too long for a strict key.
func (k *Key) takesNames(r makeRequest) error {
	if k.o.StrictNames && max(len(r.RP.Name), len(r.User.Name), len(r.User.DisplayName)) > mostOfName {
		return errInvalidParameter
	}
	return nil
}
