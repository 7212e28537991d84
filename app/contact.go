package app

// Contactable is a Method whose credentials an administrator may enter beforehand: a number or an address on file.
type Contactable interface {
	Method
	// Contact makes the credential that Enrol would make of a GivePhone or a GiveAddress, with the same checks and the same
	// refusals, and without a code. It proves nothing: the first right code does.
	Contact(t Turn, in Input) (NewCredential, error)
}
