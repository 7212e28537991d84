package tray

import (
	"testing"

	"github.com/sparekey/sparekey/assets/words"
)

func TestACallIsReadDigitByDigitTwice(t *testing.T) {
	got := words.Text("message.code.spoken", words.Values{"digits": spelt("042907")})
	if want := "“Hello. Here is your code: 0, 4, 2, 9, 0, 7. Once more: 0, 4, 2, 9, 0, 7. Type it in Sparekey. If you did not ask for it, tell your help desk. Goodbye.”"; got != want {
		t.Errorf("the voice says %s", got)
	}
}
