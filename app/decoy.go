package app

// Decoyer is a Method that can make a credential which nobody holds. In private disclosure a gate of an account that
// can't be helped is given such ones: it takes every input as a real one does, in the same time, and can't be passed.
type Decoyer interface {
	Method
	// Decoy makes a credential for t.Person, of the form that a real one most often has. Everything in it comes from
	// t.Rand: the same stream gives the same credential. Of t only Person, Settings and Rand are set. Updates is how often
	// Prove has changed it since.
	Decoy(t Turn, updates int) (NewCredential, error)
}
