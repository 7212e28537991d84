package app

import "context"

// Role is what a caller may be. Every operation names the roles that it serves.
type Role string

// The roles.
const (
	RoleAnyone Role = "anyone" // nobody in particular
	RoleFlow   Role = "flow"   // the holder of a flow's token
	RolePerson Role = "person" // signed in
	RoleAdmin  Role = "admin"  // signed in, and an administrator of the directory
	RoleScript Role = "script" // the holder of a token for scripts: nobody's account, and never in a flow or a session
)

// Origin is where a request came from.
type Origin struct {
	// Station is the workstation's name: as administrators call it where it is enrolled, else as it gives it, which anybody
	// can.
	Station  string
	Enrolled StationID // the station by whose key the request is signed; empty for none
	Network  string    // client address, from the connection or a trusted proxy; "local" in process
}

// Caller is who asks, from where. It travels in the context of every operation.
type Caller struct {
	Role    Role
	Account AccountID
	Session SessionID
	Flow    FlowID
	Token   TokenID
	Name    string  // the token's; or of who runs a program in this process
	May     []Scope // what the token may do
	Origin  Origin
	Request string // names the request in the log; empty where there is none
}

type callerKey struct{}

// WithCaller puts the caller into the context.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom takes the caller out of the context; without one it is RoleAnyone from nowhere.
func CallerFrom(ctx context.Context) Caller {
	if c, ok := ctx.Value(callerKey{}).(Caller); ok {
		return c
	}
	return Caller{Role: RoleAnyone}
}
