package hooks

import (
	"fmt"
	"path"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// OutputDirs returns the folders in which the page of a static site stands,
// likeliest first.
func OutputDirs() []string { return []string{"public", ".", "dist", "build", "out", "_site"} }

// NoIndex explains that the folder to serve has no index.html, and names those
// that have one.
func NoIndex(files *Files, root string) slot.Diagnostic {
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "static.no_index",
		Summary: fmt.Sprintf("there is no index.html in %q", root),
		Hint:    "set static_root to the folder that holds the built site",
	}
	var seen, pages []string
	entries, _ := files.List(".")
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules" {
			continue
		}
		seen = append(seen, e.Name())
		if files.Exists(path.Join(e.Name(), "index.html")) {
			pages = append(pages, e.Name())
		}
	}
	if len(seen) > 0 {
		d.Detail = "folders seen: " + strings.Join(seen, ", ")
	}
	if len(pages) > 0 {
		d.Hint = "set static_root to " + strings.Join(pages, " or ") + ", which has one"
	}
	return d
}
