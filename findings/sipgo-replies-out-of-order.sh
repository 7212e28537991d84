#!/usr/bin/env bash
# sipgo v1.7.2 (github.com/emiago/sipgo). Needs Go 1.23 or newer and the module proxy.
#
# Each message that comes gets a goroutine of its own, also those of one transaction by one TCP connection, so that a client transaction may
# get the final reply before a provisional one that was sent before it; the provisional one is dropped then. Who takes "it rings" from
# Responses() must not count on it: a telephone that picks up, or is busy, at once may never have rung. RFC 3261 promises no order by UDP;
# by TCP the bytes have one.
#
# Seen: of 300 calls by TCP to a server that writes 180 and 486 in one piece, 293 got the 486 alone.
set -euo pipefail

dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'MOD'
module finding

go 1.23
MOD
cat >main.go <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// serve answers each INVITE with 180 and 486, written at once.
func serve(l net.Listener) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	r := bufio.NewReader(c)
	for {
		var head []string
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			head = append(head, line)
		}
		if !strings.HasPrefix(head[0], "INVITE") {
			continue
		}
		kept := ""
		for _, h := range head[1:] {
			for _, name := range []string{"Via:", "From:", "To:", "Call-ID:", "CSeq:"} {
				if strings.HasPrefix(h, name) {
					if name == "To:" {
						h += ";tag=x"
					}
					kept += h + "\r\n"
				}
			}
		}
		kept += "Content-Length: 0\r\n\r\n"
		_, _ = io.WriteString(c, "SIP/2.0 180 Ringing\r\n"+kept+"SIP/2.0 486 Busy Here\r\n"+kept)
	}
}

func main() {
	sip.SetDefaultLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serve(l)
	ua, _ := sipgo.NewUA()
	client, _ := sipgo.NewClient(ua)
	at := l.Addr().(*net.TCPAddr)
	const calls = 300
	busyAlone := 0
	for range calls {
		req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "phone", Host: "127.0.0.1", Port: at.Port})
		req.SetTransport("TCP")
		tx, err := client.TransactionRequest(context.Background(), req)
		if err != nil {
			panic(err)
		}
		rang := false
		for res := range tx.Responses() {
			if !res.IsProvisional() {
				break
			}
			rang = true
		}
		if !rang {
			busyAlone++
		}
		tx.Terminate()
	}
	fmt.Printf("of %d calls %d were busy without having rung\n", calls, busyAlone)
	if busyAlone == 0 {
		os.Exit(1)
	}
}
GO
export GOFLAGS=-mod=mod
go=$(command -v go || echo /usr/local/go/bin/go)
"$go" get github.com/emiago/sipgo@v1.7.2 2>/dev/null
"$go" run .
