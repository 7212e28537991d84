package calltest

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/assets/prompt"
)

// MakeBaresip makes a softphone in a folder, by a test or by a lab, and gives the command that starts it: it listens for calls (UDP) and for
// orders (TCP) at an address and port each, picks up by itself whoever of the numbers is called, and records what is spoken to it.
// parameters are those of its accounts. Its address can't be a loopback one: baresip overlooks these. Where the folder has "tls.pem", a
// certificate and its key, it listens by TLS at the next port, too.
func MakeBaresip(dir, at, control, parameters string, numbers ...string) (*exec.Cmd, error) {
	host, _, err := net.SplitHostPort(at)
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`poll_method epoll
sip_listen %[1]s
net_interface %[2]s
audio_player aubridge,a
audio_source aufile,%[3]s/silence.wav
audio_alert aubridge,c
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
module srtp.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path %[3]s
ctrl_tcp_listen %[4]s
`, at, host, dir, control)
	certificate := filepath.Join(dir, "tls.pem")
	if _, err := os.Stat(certificate); err == nil {
		config += "sip_certificate " + certificate + "\n"
	}
	accounts := ""
	for _, number := range numbers {
		accounts += fmt.Sprintf("<sip:%s@%s>;regint=0;answermode=auto;%s\n", number, at, parameters)
	}
	for name, text := range map[string]string{"config": config, "accounts": accounts, "contacts": "", "silence.wav": silence()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return exec.Command("baresip", "-f", dir), nil
}

// silence is a WAV file of a minute in which nothing is said: what keys send goes along with speech.
func silence() string {
	sound := make([]byte, 60*2*prompt.Rate)
	head := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(head[4:], uint32(len(head)-8+len(sound)))
	binary.LittleEndian.PutUint32(head[40:], uint32(len(sound)))
	return string(head) + string(sound)
}

// Recorded gives what a softphone recorded so far of all that was spoken to it, call after call, without the calls of other recordings.
func Recorded(dir string, without ...string) (samples []int16, err error) {
	for _, name := range Recordings(dir) {
		if slices.Contains(without, name) {
			continue
		}
		wav, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		at := strings.Index(string(wav), "data")
		if at < 0 {
			continue
		}
		sound := wav[min(at+8, len(wav)):]
		for i := 0; i+1 < len(sound); i += 2 {
			samples = append(samples, int16(binary.LittleEndian.Uint16(sound[i:])))
		}
	}
	return samples, nil
}

// Recordings are the files of a softphone's calls.
func Recordings(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "dump-*dec.wav")) // the pattern is good
	return found
}
