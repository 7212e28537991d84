package kit

// KeyLayout says what the keys on the screen type for people of one country, as far as keys differ.
type KeyLayout struct {
	ID   string // as XKB calls it: "us", "de", "fr", "es"
	Name string // in its own language
	// Letters are the rows of small letters, Accents those of letters that the country's keyboard has no key of its own for.
	Letters, Accents [3]string
}

// KeyLayouts are all that there are.
func KeyLayouts() []KeyLayout {
	return []KeyLayout{
		{ID: "us", Name: "English",
			Letters: [3]string{"qwertyuiop", "asdfghjkl", "zxcvbnm"},
			Accents: [3]string{"àáâäãåæçèé", "êëìíîïñòó", "ôöõøßúü"}},
		{ID: "de", Name: "Deutsch",
			Letters: [3]string{"qwertzuiopü", "asdfghjklöä", "yxcvbnmß"},
			Accents: [3]string{"àáâãåæçèéêë", "ìíîïñòóôõøœ", "ùúûłřčšž"}},
		{ID: "fr", Name: "Français",
			Letters: [3]string{"azertyuiop", "qsdfghjklm", "wxcvbnéè"},
			Accents: [3]string{"àçùâêîôûëï", "æœüÿäöáíñó", "åøúìòõãß"}},
		{ID: "es", Name: "Español",
			Letters: [3]string{"qwertyuiop", "asdfghjklñ", "zxcvbnm"},
			Accents: [3]string{"áéíóúü¿¡çà", "èìòùâêîôû", "äëïöãõå"}},
	}
}

// KeyLayoutOf returns the layout with this ID, and whether there is one.
func KeyLayoutOf(id string) (KeyLayout, bool) {
	for _, l := range KeyLayouts() {
		if l.ID == id {
			return l, true
		}
	}
	return KeyLayout{}, false
}

// The rows of signs, which are the same everywhere; the digits stand above both.
const digitRow = "1234567890"

var signRows = [2][2]string{
	{"#&*-+=()_/", `"':;!?,`},
	{`[]{}<>\|^~`, "%$€£§°`"},
}
