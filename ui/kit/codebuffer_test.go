package kit

import "testing"

func TestCodeBuffer(t *testing.T) {
	type edit func(*codeBuffer)
	put := func(s string) edit {
		return func(b *codeBuffer) {
			for _, r := range s {
				b.put(r)
			}
		}
	}
	fill := func(s string) edit { return func(b *codeBuffer) { b.fill(s) } }
	move := func(by int) edit { return func(b *codeBuffer) { b.move(by) } }
	back := func(b *codeBuffer) { b.backspace() }
	remove := func(b *codeBuffer) { b.remove() }
	for _, tt := range []struct {
		name  string
		edits []edit
		want  string
		cell  int
	}{
		{"empty", nil, "", 0},
		{"typing", []edit{put("123")}, "123", 3},
		{"letters and spaces are ignored", []edit{put("1a 2")}, "12", 2},
		{"a seventh digit is ignored", []edit{put("1234567")}, "123456", 5},
		{"backspace", []edit{put("123"), back}, "12", 2},
		{"backspace when empty", []edit{back}, "", 0},
		{"typing over", []edit{put("123"), move(-2), put("9")}, "193", 2},
		{"arrows stay inside", []edit{put("12"), move(-9), put("9"), move(9), put("3")}, "923", 3},
		{"delete", []edit{put("123"), move(-2), remove}, "13", 1},
		{"a whole code replaces all", []edit{put("99"), fill("123456")}, "123456", 5},
		{"a whole code is mended like a typed one", []edit{fill("123456"), back, put("9")}, "123459", 5},
		{"Arabic digits", []edit{put("١٢٣٤٥٦")}, "123456", 5},
		{"Persian digits", []edit{put("۱۲۳")}, "123", 3},
		{"full-width digits", []edit{put("１２３　４５６")}, "123456", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b codeBuffer
			for _, e := range tt.edits {
				e(&b)
			}
			if b.text() != tt.want || b.cell() != tt.cell {
				t.Errorf("%q in cell %d, want %q in cell %d", b.text(), b.cell(), tt.want, tt.cell)
			}
		})
	}
}
