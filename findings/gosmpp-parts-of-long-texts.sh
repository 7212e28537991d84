#!/usr/bin/env bash
# gosmpp v0.3.1 (github.com/linxGnu/gosmpp), SubmitSM.Split of texts that are too long for one short message.
#
# A short message has 140 octets: 160 characters of the GSM alphabet (septets), 70 of UCS-2; with the header of a part 153 and 67.
# SMPP carries septets unpacked, an octet each, so that a part's short_message has up to 153 octets after the header. gosmpp counts
# 134 of them, takes a character of the extension table (€, [ ]) for one although it is two, and a character beyond the basic plane
# (emoji) for one UTF-16 unit although it is two; whether a text is to be parted at all it decides by its length in UTF-8.
#
# A part that gets longer than 255 octets so is cut to what is left modulo 256 when it is written: the text arrives without most of it.
#
# Seen, octets of each part without its header, and characters of the text that a peer reads:
#   160 times "a", which fit into one message:  134+26, all 160
#   140 times "€" (280 septets):                268+12, of which 12 and 12 are written: 12 characters
#   71 emoji (142 units):                       268+16, of which 12 and 16 are written: 7 characters
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
	"fmt"
	"strings"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

func main() {
	for _, row := range []struct {
		text string
		enc  data.Encoding
	}{{strings.Repeat("a", 160), data.GSM7BIT}, {strings.Repeat("€", 140), data.GSM7BIT}, {strings.Repeat("😀", 71), data.UCS2}} {
		s := pdu.NewSubmitSM().(*pdu.SubmitSM)
		_ = s.Message.SetLongMessageWithEnc(row.text, row.enc)
		parts, err := s.Split()
		if err != nil {
			panic(err)
		}
		read := ""
		for _, p := range parts {
			octets, _ := p.Message.GetMessageData()
			fmt.Print(len(octets), " ")
			wire := pdu.NewBuffer(nil)
			p.Marshal(wire)
			got, err := pdu.Parse(wire)
			if err != nil {
				panic(err)
			}
			words, err := got.(*pdu.SubmitSM).Message.GetMessage()
			if err != nil {
				panic(err)
			}
			read += words
		}
		fmt.Println(len([]rune(read)))
	}
}
GO
GOFLAGS=-mod=mod go run . | tee out
[ "$(tr '\n' ';' <out)" = "134 26 160;268 12 12;268 16 7;" ]
