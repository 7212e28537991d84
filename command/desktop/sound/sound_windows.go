package sound

import (
	"context"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var playSound = windows.NewLazySystemDLL("winmm.dll").NewProc("PlaySoundW")

// The flags of PlaySoundW (mmsystem.h).
const (
	sndAsync     = 0x0001
	sndNoDefault = 0x0002
	sndMemory    = 0x0004
)

// play plays from memory, which has to stay where it is until the sound has ended or was stopped.
func play(ctx context.Context, s Sound) error {
	if playSound.Find() != nil || len(s.WAV) == 0 {
		return ErrNoPlayer
	}
	var pinned runtime.Pinner
	pinned.Pin(&s.WAV[0])
	defer pinned.Unpin()
	done, _, _ := playSound.Call(uintptr(unsafe.Pointer(&s.WAV[0])), 0, sndMemory|sndAsync|sndNoDefault)
	if done == 0 {
		return ErrNoPlayer
	}
	const afterwards = 200 * time.Millisecond // what the device still holds
	end := time.NewTimer(time.Duration(len(s.Samples))*time.Second/time.Duration(2*s.Rate) + afterwards)
	defer end.Stop()
	select {
	case <-ctx.Done():
	case <-end.C:
	}
	_, _, _ = playSound.Call(0, 0, 0) // stops what plays
	return nil
}
