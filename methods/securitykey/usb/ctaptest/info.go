package ctaptest

// information is the answer of getInfo (section 6.4). Only the first and the third member must be there.
type information struct {
	Versions    []string        `cbor:"1,keyasint"`
	Extensions  []string        `cbor:"2,keyasint,omitempty"`
	AAGUID      []byte          `cbor:"3,keyasint"`
	Options     map[string]bool `cbor:"4,keyasint,omitempty"`
	MaxMessage  int             `cbor:"5,keyasint,omitempty"`
	Protocols   []int           `cbor:"6,keyasint,omitempty"`
	MaxInList   int             `cbor:"7,keyasint,omitempty"`
	MaxID       int             `cbor:"8,keyasint,omitempty"`
	Transports  []string        `cbor:"9,keyasint,omitempty"`
	Algorithms  []parameter     `cbor:"10,keyasint,omitempty"`
	ForceChange bool            `cbor:"12,keyasint,omitempty"`
	MinPIN      int             `cbor:"13,keyasint,omitempty"`
	Firmware    uint64          `cbor:"14,keyasint,omitempty"`
	Room        *int            `cbor:"20,keyasint,omitempty"`
}

func (k *Key) info() information {
	i := k.fullInfo()
	if k.o.Terse {
		i = k.terseInfo()
	}
	if k.o.Pinless {
		delete(i.Options, "clientPin")
		delete(i.Options, "pinUvAuthToken")
		i.Protocols = nil
	}
	if k.o.NoManaging {
		delete(i.Options, "credMgmt")
		delete(i.Options, "credentialMgmtPreview")
	}
	return i
}

func (k *Key) fullInfo() information {
	room := k.o.Room - k.kept()
	i := information{
		Versions: []string{"FIDO_2_0", "FIDO_2_1"}, Extensions: []string{"credProtect"}, AAGUID: k.o.AAGUID[:],
		Options: map[string]bool{
			"plat": false, "rk": true, "up": true, "clientPin": k.store.pin != nil, "pinUvAuthToken": true,
			"credMgmt": true, "authnrCfg": true, "setMinPINLength": true, "alwaysUv": k.store.alwaysUV,
		},
		MaxMessage: 2048, Protocols: k.o.Protocols, MaxInList: 8, MaxID: k.o.IDSize, Transports: []string{"usb"},
		ForceChange: k.store.forceChange, MinPIN: k.store.minPIN, Firmware: k.o.Firmware, Room: &room,
	}
	i.Options["credentialMgmtPreview"] = !k.o.NoPreview
	if k.o.Sensor {
		i.Options["uv"] = len(k.store.fingers) > 0
		i.Options["bioEnroll"] = len(k.store.fingers) > 0
		if !k.o.NoPreview {
			i.Options["userVerificationMgmtPreview"] = len(k.store.fingers) > 0
		}
	}
	for _, alg := range k.o.Algorithms {
		i.Algorithms = append(i.Algorithms, parameter{Type: "public-key", Algorithm: alg})
	}
	return i
}

// terseInfo leaves out each member, and each option, whose absence says the same or says nothing.
func (k *Key) terseInfo() information {
	i := information{
		Versions: []string{"FIDO_2_0", "FIDO_2_1_PRE"}, AAGUID: k.o.AAGUID[:], Protocols: k.o.Protocols,
		Options: map[string]bool{"rk": true, "clientPin": k.store.pin != nil, "credentialMgmtPreview": true},
	}
	if k.o.Sensor {
		i.Options["uv"] = len(k.store.fingers) > 0
		i.Options["userVerificationMgmtPreview"] = len(k.store.fingers) > 0
	}
	return i
}
