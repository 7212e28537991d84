package words

import "github.com/sparekey/sparekey/app"

// Problem says what is wrong: "must be 1 or 2, is 3". A newer server may send a code without a text, which stands for
// itself.
func Problem(p app.Problem) string {
	key := "problem." + p.Code
	if !Known(key) {
		return p.Error()
	}
	values := Values{}
	for name, value := range p.Params {
		values[name] = value
	}
	return Text(key, values)
}

// ProblemIn says a problem of a file with its place, on a line: "policy.toml:12: methods.gates: must be 1 or 2, is 3".
func ProblemIn(file string, p app.Problem) string { return p.In(file, Problem(p)) }
