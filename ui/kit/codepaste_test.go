package kit

import (
	"slices"
	"testing"
)

func TestReadPasted(t *testing.T) {
	for _, tt := range []struct {
		pasted string
		codes  []string
		bare   bool
	}{
		{"675293", []string{"675293"}, true},
		{" 675 293\r\n", []string{"675293"}, true},
		{"675-293", []string{"675293"}, true},
		{"\u2068675\u00a0293\u2069\u200b", []string{"675293"}, true},
		{"１２３　４５６", []string{"123456"}, true},
		{"۱۲۳۴۵۶", []string{"123456"}, true},

		{"Clinic 24: 675293 is your code. Valid for 5 minutes.", []string{"675293"}, false},
		{"G-675293 is your code.", []string{"675293"}, false},
		{"Your code is 675-293.", []string{"675293"}, false},
		{"675293.", []string{"675293"}, false},
		{"验证码675293，5分钟内有效。", []string{"675293"}, false},
		{"Your code is 675293.\n\n@harbour.example #675293", []string{"675293"}, false},
		{"Code: 675293\n5 minutes", []string{"675293"}, false},
		{"Not you? Call +44 7700 900123. Your code: 675293", []string{"675293"}, false},
		{"2026-02-03 10:15: 675293", []string{"675293"}, false},

		{"", nil, false},
		{"The code is on its way.", nil, false},
		{"67529", nil, false},
		{"6752931", nil, false},
		{"67 52 93", nil, false},
		{"675  293", nil, false},
		{"Invoice 24 675293", nil, false},
		{"Call +44 7700 900123", nil, false},
		{"Call +675293", nil, false},
		{"EUR 675.293", nil, false},
		{"EUR 675293.50", nil, false},
		{"Ref. 12/675293", nil, false},
		{"REF675293", nil, false},
		{"KV_675293", nil, false},
		{"12:30:15 2026", nil, false},

		{"Old 111222, new 333444", []string{"111222", "333444"}, false},
		{"111222\n333444", []string{"111222", "333444"}, false},
	} {
		got := readPasted(tt.pasted)
		if !slices.Equal(got.codes, tt.codes) || len(got.codes) == 1 && got.bare != tt.bare {
			t.Errorf("%q: %q, bare %v; want %q, %v", tt.pasted, got.codes, got.bare, tt.codes, tt.bare)
		}
	}
}
