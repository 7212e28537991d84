package sound

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tone is so long a tone.
func tone(length time.Duration) Sound {
	const rate = 8000
	s := Sound{Rate: rate}
	for i := range int(length.Seconds() * rate) {
		s.Samples = binary.LittleEndian.AppendUint16(s.Samples, uint16(int16(12000*math.Sin(2*math.Pi*440*float64(i)/rate))))
	}
	return s
}

// only puts programs of the test's own into the path, and no others.
func only(t *testing.T, programs map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

// TestThePlayerGetsTheSound on its standard input, and nothing of it as an argument or a file.
func TestThePlayerGetsTheSound(t *testing.T) {
	for _, name := range []string{"paplay", "pw-play", "aplay"} {
		out := t.TempDir()
		only(t, map[string]string{name: "/bin/cat > " + out + "/heard; echo \"$@\" > " + out + "/asked"})
		s := tone(time.Second)
		if err := Play(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		heard, err := os.ReadFile(filepath.Join(out, "heard"))
		if err != nil || !bytes.Equal(heard, s.Samples) {
			t.Errorf("%s heard %d of %d bytes, %v", name, len(heard), len(s.Samples), err)
		}
		if asked, err := os.ReadFile(filepath.Join(out, "asked")); err != nil || !strings.Contains(string(asked), "8000") {
			t.Errorf("%s was asked %q, %v", name, asked, err)
		}
	}
}

// TestTheNextPlayerIsTried when the first has no server to talk to.
func TestTheNextPlayerIsTried(t *testing.T) {
	out := t.TempDir()
	only(t, map[string]string{"paplay": "exit 1", "aplay": "/bin/cat > " + out + "/heard"})
	if err := Play(t.Context(), tone(time.Second)); err != nil {
		t.Fatal(err)
	}
	if heard, err := os.ReadFile(filepath.Join(out, "heard")); err != nil || len(heard) != 16000 {
		t.Errorf("the other heard %d bytes, %v", len(heard), err)
	}
	only(t, map[string]string{"paplay": "exit 1"})
	if err := Play(t.Context(), tone(time.Second)); err == nil || errors.Is(err, ErrNoPlayer) {
		t.Errorf("a player that fails: %v", err)
	}
	only(t, nil)
	if err := Play(t.Context(), tone(time.Second)); !errors.Is(err, ErrNoPlayer) {
		t.Errorf("no player: %v", err)
	}
}

// TestStopping ends the player.
func TestStopping(t *testing.T) {
	only(t, map[string]string{"paplay": "exec /bin/sleep 600"})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- Play(ctx, tone(time.Second)) }()
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("stopped with %v", err)
	}
}

// TestRealSound plays into a sound server of its own that has no speaker, and listens to what would come out of one.
func TestRealSound(t *testing.T) {
	for _, name := range []string{"pulseaudio", "paplay", "pactl", "parec"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("there is no %s", name)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	serve(ctx, t)
	const length = 1500 * time.Millisecond
	listener := exec.CommandContext(ctx, "parec", "--device=quiet.monitor", "--raw", "--format=s16le", "--channels=1", "--rate=8000", "--latency-msec=50")
	out, err := listener.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = listener.Wait() }()
	chunk := make([]byte, 800) // 50 ms
	if _, err := io.ReadFull(out, chunk); err != nil {
		t.Fatalf("nobody listens: %v", err)
	}
	played := make(chan error, 1)
	go func() { played <- Play(ctx, tone(length)) }()
	loud, quiet := 0, 0 // chunks that are; quiet ones since the last loud one
	for quiet < 20 || loud == 0 {
		if _, err := io.ReadFull(out, chunk); err != nil {
			t.Fatalf("after %d loud chunks: %v", loud, err)
		}
		if quiet++; loudest(chunk) > 3000 {
			loud, quiet = loud+1, 0
		}
	}
	if err := <-played; err != nil {
		t.Error(err)
	}
	if heard := time.Duration(loud) * 50 * time.Millisecond; heard < length-300*time.Millisecond || heard > length+300*time.Millisecond {
		t.Errorf("heard for %v, want %v", heard, length)
	}
}

// serve starts a sound server with one place to play to, and waits until it answers.
func serve(ctx context.Context, t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{"HOME": dir, "XDG_RUNTIME_DIR": dir, "XDG_CONFIG_HOME": dir, "PULSE_SERVER": "unix:" + dir + "/socket"} {
		t.Setenv(name, value)
	}
	server := exec.CommandContext(ctx, "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes",
		"--load=module-null-sink sink_name=quiet", "--load=module-native-protocol-unix auth-anonymous=1 socket="+dir+"/socket")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for exec.CommandContext(ctx, "pactl", "info").Run() != nil {
		if ctx.Err() != nil {
			t.Skip("the sound server doesn't start here")
		}
	}
}

func loudest(samples []byte) int {
	most := 0
	for i := 0; i+1 < len(samples); i += 2 {
		most = max(most, int(int16(binary.LittleEndian.Uint16(samples[i:]))))
	}
	return most
}
