package strictjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/internal/strictjson"
	"github.com/slot-paas/slot/slot"
)

type inner struct {
	ID   string `json:"id"`
	Size uint8  `json:"size,omitzero"`
}

type document struct {
	inner
	Branch  string               `json:"branch,omitempty"`
	SPA     *bool                `json:"spa"`
	List    []inner              `json:"list"`
	Map     map[slot.Name]*inner `json:"map"`
	Timeout slot.Duration        `json:"timeout"`
	At      time.Time            `json:"at,omitzero"`
	Any     any                  `json:"any"`
	Pair    [2]int               `json:"pair"`
	Bytes   []byte               `json:"bytes"`
	Ratio   float64              `json:"ratio"`
	Hidden  string               `json:"-"`
	Plain   int
}

func TestDecode_ReadsWhatEncodingJSONReads(t *testing.T) {
	data := []byte(`{"id":"x","size":255,"branch":"a\u00e9\n","spa":false,"list":[{"id":"1"},{"size":2}],
		"map":{"a":{"id":"m"},"b":null},"timeout":"90s","at":"2026-11-23T11:45:54Z","any":{"k":[1,null]},
		"pair":[1,2],"bytes":"AAE=","ratio":-1.5e2,"Plain":7}`)
	var got, want document
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if err := strictjson.Decode(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(document{})); diff != "" {
		t.Error(diff)
	}
}

func TestDecode_NamesLineColumnAndPath(t *testing.T) {
	for name, row := range map[string]struct{ in, want string }{
		"unknown key":         {"{\n  \"brnach\": \"x\"\n}", `line 2, column 3: unknown key "brnach"; did you mean "branch"?`},
		"unknown nested":      {"{\"map\": {\"a\": {\n\"idd\": 1}}}", `line 2, column 1: unknown key "map.a.idd"; did you mean "id"?`},
		"nothing near":        {`{"colour": 1}`, `line 1, column 2: unknown key "colour"`},
		"other case":          {`{"Branch": ""}`, `line 1, column 2: unknown key "Branch"; did you mean "branch"?`},
		"hidden field":        {`{"Hidden": ""}`, `line 1, column 2: unknown key "Hidden"`},
		"duplicate":           {"{\"id\": \"a\",\n\"id\": \"b\"}", `line 2, column 1: key "id" is given twice`},
		"duplicate by escape": {`{"id": "a", "\u0069d": "b"}`, `line 1, column 13: key "id" is given twice`},
		"duplicate in any":    {`{"any": {"k": 1, "k": 2}}`, `line 1, column 18: key "any.k" is given twice`},
		"wrong type":          {`{"branch": 7}`, `line 1, column 12: branch is a number; want a string`},
		"wrong type in list":  {`{"list": [{}, {"id": []}]}`, `line 1, column 22: list[1].id is a list; want a string`},
		"null":                {`{"branch": null}`, `line 1, column 12: branch is null; want a string`},
		"does not fit":        {`{"size": 256}`, `line 1, column 10: size is 256, which does not fit into uint8`},
		"fraction":            {`{"Plain": 1.5}`, `line 1, column 11: Plain is 1.5, which does not fit into int`},
		"list length":         {`{"pair": [1]}`, `line 1, column 10: pair is a list; want a list of 2`},
		"own reader":          {"{\n\"timeout\": \"soon\"}", `line 2, column 12: timeout: "soon" is not a duration such as "30s" or "2m"`},
		"trailing data":       {"{}\n{}", `line 2, column 1: '{' after the end of the document`},
		"trailing comma":      {`{"id": "a",}`, `line 1, column 11: a comma before }`},
		"missing comma":       {`{"id": "a" "size": 1}`, `line 1, column 12: '"' where a comma or } should be`},
		"comment":             {"{ // hello\n}", `line 1, column 3: a comment, which JSON does not have, where a key in double quotes should be`},
		"single quotes":       {`{'id': 1}`, `line 1, column 2: '\'' where a key in double quotes should be`},
		"unquoted value":      {`{"id": main}`, `line 1, column 8: 'm' where the value of id should be`},
		"open string":         {"{\"id\": \"a\n}", `line 1, column 8: a string in id is not closed`},
		"torn":                {`{"map": {"a"`, `line 1, column 13: the end of the file where the : after key "map.a" should be`},
		"empty":               {``, `line 1, column 1: the end of the file where the value of the document should be`},
		"leading zero":        {`{"Plain": 01}`, `line 1, column 11: Plain is "01", which is not a number in JSON`},
		"invalid UTF-8":       {"{\"id\": \"\xff\"}", `line 1, column 8: a string in id is not valid UTF-8`},
		"not an object":       {`[]`, `line 1, column 1: the document is a list; want an object`},
		"too deep":            {strings.Repeat("[", 200), `line 1, column 102: ` + strings.Repeat("[0]", 101) + ` nests deeper than 100 levels`},
	} {
		t.Run(name, func(t *testing.T) {
			got := document{Branch: "before"}
			err := strictjson.Decode([]byte(row.in), &got)
			var where *strictjson.Error
			if !errors.As(err, &where) || err.Error() != row.want {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
			if got.Branch != "before" {
				t.Error("the target was changed")
			}
		})
	}
}

func TestDecode_RefusesATargetItCannotFill(t *testing.T) {
	for name, v := range map[string]any{
		"nil": nil, "no pointer": document{}, "nil pointer": (*document)(nil),
		"channel": new(chan int), "integer keys": new(map[int]string),
	} {
		t.Run(name, func(t *testing.T) {
			if err := strictjson.Decode([]byte(`{"1": "x"}`), v); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestLocate_FindsTheNearestKey(t *testing.T) {
	data := []byte("{\n \"slots\": {\n  \"a\": {\n   \"port\": 1\n}}}")
	for path, want := range map[string]int{"": 1, "slots": 2, "slots.a.port": 4, "slots.a.branch": 3, "other.x": 1} {
		if line, _ := strictjson.Locate(data, path); line != want {
			t.Errorf("%q: got line %d, want %d", path, line, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":"x","list":[{}],"map":{"a":null}}`, `{"timeout":30,"any":[1,{"a":1}]}`, `{"id":"\ud800"`, "[[[", `"\`,
		`{"pair":[1,2],"ratio":1e999}`, `-`, "\xef\xbb\xbf{}", `"\0\0\0\`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want document
		if err := strictjson.Decode(data, &got); err != nil {
			var where *strictjson.Error
			if !errors.As(err, &where) || where.Line < 1 || where.Column < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("took what encoding/json refuses: %v", err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(document{})); diff != "" {
			t.Error(diff)
		}
	})
}
