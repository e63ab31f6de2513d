package admin

import (
	"encoding"
	"encoding/json"
	"math"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// openapi answers with the description of the JSON API, made from the list of
// its calls and the types that they take and give.
func (a *Admin) openapi(w http.ResponseWriter, _ *http.Request, _ caller) {
	doc := document{schemas: map[string]any{}}
	paths := map[string]map[string]any{}
	for _, c := range a.calls() {
		if paths[c.Path] == nil {
			paths[c.Path] = map[string]any{}
		}
		paths[c.Path][strings.ToLower(c.Method)] = doc.operation(c)
	}
	a.answer(w, map[string]any{
		"openapi":  "3.1.0",
		"info":     map[string]any{"title": "slot", "version": a.Version, "description": "Five small apps in a workspace. A token comes from slot token create."},
		"security": []any{map[string]any{"token": []any{}}},
		"paths":    paths,
		"components": map[string]any{
			"schemas":         doc.schemas,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
	})
}

type document struct{ schemas map[string]any }

var pathParameter = lazyregexp.New(`\{(\w+)\}`)

// pathSchemas are what stands in addresses, by its name.
var pathSchemas = map[string]any{
	"slot": map[string]any{"type": "string", "pattern": "^[A-Ea-e]$"},
	"id":   map[string]any{"type": "integer", "minimum": 1, "maximum": math.MaxInt64},
}

// querySchemas are what the parameters may be; an empty slot or state is any.
var querySchemas = map[string]any{
	"slot":     map[string]any{"type": "string", "enum": append(slot.Names(), "")},
	"release":  map[string]any{"type": "integer", "minimum": 1, "maximum": math.MaxInt32},
	"lines":    map[string]any{"type": "integer", "minimum": 0, "maximum": maxLines},
	"branch":   map[string]any{"type": "string"},
	"no_cache": map[string]any{"type": "boolean"},
	"state":    map[string]any{"type": "string", "enum": append(slot.DeploymentStates(), "")},
}

func (d *document) operation(c call) map[string]any {
	parameters := []any{}
	for _, m := range pathParameter.FindAllStringSubmatch(c.Path, -1) {
		parameters = append(parameters, map[string]any{"name": m[1], "in": "path", "required": true, "schema": pathSchemas[m[1]]})
	}
	for _, name := range c.Query {
		parameters = append(parameters, map[string]any{"name": name, "in": "query", "schema": querySchemas[name]})
	}
	failed := map[string]any{"description": "What is wrong, and what to do.", "content": content(d.schema(reflect.TypeFor[failure]()))}
	op := map[string]any{
		"summary":    c.Does,
		"parameters": parameters,
		"responses": map[string]any{
			"200":     map[string]any{"description": "Done.", "content": content(d.schema(c.Answer))},
			"default": failed,
		},
	}
	if c.Body != nil {
		op["requestBody"] = map[string]any{"required": true, "content": content(d.schema(c.Body))}
	}
	return op
}

func content(schema any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schema}}
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	errorType     = reflect.TypeFor[slot.Error]()
	marshalerType = reflect.TypeFor[json.Marshaler]()
	textType      = reflect.TypeFor[encoding.TextMarshaler]()
)

// schema describes how a value of the type is written. Structs with a name
// stand among the components.
func (d *document) schema(t reflect.Type) map[string]any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == timeType:
		return map[string]any{"type": "string", "format": "date-time"}
	case t == errorType:
		text := map[string]any{"type": "string"}
		return map[string]any{"type": "object", "required": []string{"kind", "message"}, "properties": map[string]any{"kind": text, "message": text, "hint": text}}
	case t.Implements(marshalerType) || t.Implements(textType):
		return map[string]any{"type": []string{"string", "number"}} // a size, a duration, a share
	}
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Int32:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.Struct:
		return d.object(t)
	}
	return map[string]any{"type": "string"}
}

func (d *document) object(t reflect.Type) map[string]any {
	ref := map[string]any{"$ref": "#/components/schemas/" + t.Name()}
	if _, known := d.schemas[t.Name()]; known {
		return ref
	}
	d.schemas[t.Name()] = nil // a type may hold itself
	properties, required := map[string]any{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" || tag == "-" || f.Anonymous {
			continue
		}
		properties[tag] = d.schema(f.Type)
		if !strings.Contains(options, "omit") {
			required = append(required, tag)
		}
	}
	d.schemas[t.Name()] = map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	return ref
}
