package wire

// list translates each item; the result is never nil, so that it is never null on the wire.
func list[A, B any](items []A, translate func(A) B) []B {
	out := make([]B, 0, len(items))
	for _, item := range items {
		out = append(out, translate(item))
	}
	return out
}

// unlist is list the other way: an empty list is nil.
func unlist[A, B any](items []A, translate func(A) B) []B {
	if len(items) == 0 {
		return nil
	}
	return list(items, translate)
}

func same[A any](a A) A { return a }
