package app

// Problem is one thing that is wrong in a document or a file. It quotes no secret and no contact.
type Problem struct {
	Line   int               // from 1; 0 where no line is meant
	Key    string            // the setting or the column, such as "codes.lifetime" or "mobile"; empty where none is meant
	Code   string            // names the text that says it: "problem." + Code
	Params map[string]string // the text's placeholders
}
