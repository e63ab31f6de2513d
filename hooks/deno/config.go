package deno

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

const lockName = "deno.lock"

// config is what this hook reads of a deno.json. Fields of an unexpected type
// are left empty: Deno itself says what is wrong with them.
type config struct {
	file     string // "" without one
	tasks    map[string]string
	imports  map[string]string // name to specifier
	exports  string
	granted  bool // it names the permissions of its programs
	unlocked bool // it wants no lock file
	script   string
	engine   string // package.json: engines.deno
	packages map[string]json.RawMessage
}

// readConfig reads deno.json, or deno.jsonc, and of a package.json beside it
// what Deno reads too. The error is a *hooks.Failure.
func readConfig(files *hooks.Files) (config, error) {
	c := config{file: files.First("deno.json", "deno.jsonc"), tasks: map[string]string{}, imports: map[string]string{}}
	if c.file != "" {
		data, err := files.Read(c.file)
		if err != nil {
			return c, err
		}
		if err := c.parse(data); err != nil {
			return c, invalid(c.file, data, err)
		}
	}
	if data, err := files.Read("package.json"); err == nil {
		c.readPackage(data)
	}
	return c, nil
}

func (c *config) parse(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(plainJSON(data), &raw); err != nil {
		return err
	}
	read := func(field string, into any) bool { return json.Unmarshal(raw[field], into) == nil }
	var tasks map[string]json.RawMessage
	read("tasks", &tasks)
	for name, value := range tasks {
		var task struct{ Command string }
		if json.Unmarshal(value, &task.Command) != nil && json.Unmarshal(value, &task) != nil {
			continue
		}
		c.tasks[name] = task.Command
	}
	read("imports", &c.imports)
	read("exports", &c.exports)
	var permissions map[string]json.RawMessage
	read("permissions", &permissions)
	c.granted = permissions["default"] != nil
	lock := true
	c.unlocked = read("lock", &lock) && !lock
	return nil
}

// readPackage reads a package.json. One that is not valid is the business of
// the hooks that need it.
func (c *config) readPackage(data []byte) {
	var m struct {
		Scripts, Dependencies, Engines map[string]json.RawMessage
	}
	if json.Unmarshal(data, &m) != nil {
		return
	}
	_ = json.Unmarshal(m.Scripts["start"], &c.script)
	_ = json.Unmarshal(m.Engines["deno"], &c.engine)
	c.packages = m.Dependencies
}

// uses reports whether the app imports a package, from wherever.
func (c *config) uses(name string) bool {
	if _, ok := c.packages[name]; ok {
		return true
	}
	for key, specifier := range c.imports {
		_, path, _ := strings.Cut(specifier, ":")
		path = strings.TrimLeft(path, "/")
		if strings.TrimSuffix(key, "/") == name || path == name || strings.HasPrefix(path, name+"@") || strings.HasPrefix(path, name+"/") {
			return true
		}
	}
	return false
}

func invalid(file string, data []byte, err error) error {
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "deno.config_invalid", File: file,
		Summary: fmt.Sprintf("%s is not valid: %v", file, err), Hint: "correct the file; deno task says the same",
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		d.Line = 1 + strings.Count(string(data[:min(int(syntax.Offset), len(data))]), "\n")
	}
	return hooks.Fail(d)
}

// plainJSON puts spaces in the place of comments and of commas before a
// closing bracket, so that what is left is JSON and every byte stays where it
// was.
func plainJSON(data []byte) []byte {
	out := bytes.Clone(data)
	if mark := []byte("\uFEFF"); bytes.HasPrefix(out, mark) {
		copy(out, "   ")
	}
	comma := -1 // of one that only space and comments have followed
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c == '"':
			comma = -1
			for i++; i < len(out) && out[i] != '"'; i++ {
				if out[i] == '\\' {
					i++
				}
			}
		case c == '/' && i+1 < len(out) && (out[i+1] == '/' || out[i+1] == '*'):
			i = blank(out, i) - 1
		case c == ',':
			comma = i
		case (c == '}' || c == ']') && comma >= 0:
			out[comma], comma = ' ', -1
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		default:
			comma = -1
		}
	}
	return out
}

// blank overwrites the comment at i, but for its line ends, and returns where
// it ends.
func blank(out []byte, i int) int {
	end := "\n"
	if out[i+1] == '*' {
		end = "*/"
	}
	stop := len(out)
	if n := strings.Index(string(out[i+2:]), end); n >= 0 {
		stop = i + 2 + n
		if end == "*/" {
			stop += len(end)
		}
	}
	for ; i < stop; i++ {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return stop
}
