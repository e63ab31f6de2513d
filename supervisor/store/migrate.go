package store

import (
	"bytes"
	"encoding/json"

	"github.com/slot-paas/slot/internal/strictjson"
	"github.com/slot-paas/slot/slot"
)

// Note tells what a migration left out or read otherwise than it stands.
type Note struct {
	Path   string `json:"path"`  // "a.subdomain"
	Value  any    `json:"value"` // as it stands in the file
	Reason string `json:"reason"`
	Lost   bool   `json:"lost"` // a wish of the user's that slot does not fulfil
}

// migrations turn a document of one schema version into one of the next. Each
// changes the tree in place; its error names the key path first. A document
// that loses something is not read silently: see decodeConfig.
var migrations = [slot.ConfigVersion]func(doc map[string]any) ([]Note, error){
	0: fromEarlierSystem,
}

// migrate brings a document to the present version. The bytes come back as
// they are where there is nothing to do, or where they are no JSON: the strict
// reader says what is wrong with them, and where.
func migrate(data []byte) (migrated []byte, from int, notes []Note, err error) {
	doc, ok := treeOf(data)
	if !ok {
		return data, slot.ConfigVersion, nil, nil
	}
	version, ok := versionOf(doc)
	if !ok || version >= slot.ConfigVersion {
		return data, version, nil, nil
	}
	from = version
	for ; version < slot.ConfigVersion; version++ {
		more, err := migrations[version](doc)
		if err != nil {
			return nil, from, nil, err
		}
		notes = append(notes, more...)
		doc["version"] = version + 1
	}
	migrated, err = json.Marshal(doc)
	return migrated, from, notes, err
}

// treeOf reads a document that is good JSON, its numbers as they are written:
// 1.10 is a version to people.
func treeOf(data []byte) (doc map[string]any, ok bool) {
	if strictjson.Decode(data, &doc) != nil {
		return nil, false
	}
	doc = nil
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return doc, d.Decode(&doc) == nil && doc != nil
}

func number(v any) (float64, bool) {
	text, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := text.Float64()
	return n, err == nil
}

// versionOf returns the schema version; the first files had none.
func versionOf(doc map[string]any) (version int, ok bool) {
	v, there := doc["version"]
	if !there {
		return 0, true
	}
	n, ok := number(v)
	if !ok || n < 0 || n > 1e6 || n != float64(int(n)) {
		return slot.ConfigVersion, false
	}
	return int(n), true
}
