package python

import (
	"strings"
	"testing"
)

// The lines are what Python 3.11 prints.
func TestMistake_NamesThePlace(t *testing.T) {
	for _, tt := range []struct{ output, summary string }{
		{"  File \"main.py\", line 21\n    async def index()\n                     ^\nSyntaxError: expected ':'", "main.py:21: expected ':'"},
		{"Sorry: IndentationError: unexpected indent (main.py, line 2)", "main.py:2: unexpected indent"},
		{"  File \"src/app.py\", line 2\n    x = 1\nIndentationError: unexpected indent", "src/app.py:2: unexpected indent"},
		{"[Errno 13] Permission denied: 'main.py'", ""},
	} {
		d, ok := mistake(strings.Split(tt.output, "\n"))
		if ok != (tt.summary != "") || ok && (d.Summary != tt.summary || d.Hint == "" || d.Line == 0) {
			t.Errorf("%q gave %+v, %v", tt.output, d, ok)
		}
	}
}
