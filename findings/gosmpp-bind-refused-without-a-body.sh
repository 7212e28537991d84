#!/usr/bin/env bash
# gosmpp v0.3.1 (github.com/linxGnu/gosmpp), a transceiver bind that is refused.
#
# "The body portion of the SMPP PDU is not returned if the command_status field contains a non-zero value" (SMPP 3.4, of the answers to a
# bind): a message centre refuses a wrong password by a bind_transceiver_resp of 16 octets. For the other two kinds of bind gosmpp
# reads a body only where the status is 0; for a transceiver it always wants one. So the refusal is an EOF, as if the centre had
# hung up, and its status (0x0E, a wrong password) is lost. The header alone has it: pdu.ParseHeader.
#
# Seen, Connect() to a peer that answers by 16 octets with the status 0x0E:
#   transmitter: binding error (ESME_RINVPASWD): Invalid Password
#   transceiver: EOF
set -euo pipefail

dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'MOD'
module finding

go 1.20

require github.com/linxGnu/gosmpp v0.3.1
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"github.com/linxGnu/gosmpp"
)

// refuse answers a bind by its header alone, with the status of a wrong password.
func refuse(conn net.Conn) {
	head := make([]byte, 16)
	_, _ = io.ReadFull(conn, head)
	_, _ = io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head))-16)
	binary.BigEndian.PutUint32(head, 16)
	head[4] |= 0x80
	binary.BigEndian.PutUint32(head[8:], 0x0E)
	_, _ = conn.Write(head)
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go refuse(conn)
		}
	}()
	auth := gosmpp.Auth{SMSC: l.Addr().String(), SystemID: "ana", Password: "wrong"}
	_, err = gosmpp.TXConnector(gosmpp.NonTLSDialer, auth).Connect()
	fmt.Println("transmitter:", err)
	_, err = gosmpp.TRXConnector(gosmpp.NonTLSDialer, auth).Connect()
	fmt.Println("transceiver:", err)
}
GO
GOFLAGS=-mod=mod go run . | tee out
[ "$(cat out)" = "transmitter: binding error (ESME_RINVPASWD): Invalid Password
transceiver: EOF" ]
