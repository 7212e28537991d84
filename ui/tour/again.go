package tour

import (
	"fmt"
	"runtime"
	"time"
)

// betweenResets is long enough for every limit on resets to have forgotten the one before.
const betweenResets = 8 * time.Hour

// resetAgain has the person whom the story "registration" is about forget the password so many times more.
func (v *visitor) resetAgain(times int) {
	v.story, v.err = "resets", nil
	for i := 1; i <= times && v.err == nil; i++ {
		v.o.Pass(betweenResets)
		ana := v.person("ready")
		password := fmt.Sprintf("seven lamps by the harbour %d", i)
		v.begin("home.forgot", ana.UserID)
		v.page("choose")
		v.tap("choose.email")
		v.page("address")
		v.typeIn("address.field", privateMail)
		v.tap("page.next")
		v.page("code")
		v.typeIn("code.cells", v.mailed(privateMail))
		v.page("code")
		v.see("authenticator app")
		v.typeIn("code.cells", v.nextCode(ana.UserID))
		v.page("new_password")
		v.typeIn("password.new", password)
		v.typeIn("password.again", password)
		v.tap("page.next")
		v.page("done")
		v.tap("page.next")
		v.page("home")
		v.passwords[ana.UserID] = password
		if every := max(1, times/10); i%every == 0 {
			v.tellMemory(i)
		}
	}
}

// tellMemory writes down what lives in the heap, after a collection, so that a growth shows.
func (v *visitor) tellMemory(resets int) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(v.o.Log, "%d resets: heap %d KiB, goroutines %d\n", resets, m.HeapAlloc>>10, runtime.NumGoroutine())
}
