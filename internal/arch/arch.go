// Package arch holds the import table of the house: which floor each folder
// stands on. A package may import packages of lower floors only; packages of
// one floor do not import each other unless an exception names the pair.
// DESIGN: docs/architecture.md. The table is checked by the test beside it.
package arch

// Floors maps a folder to its floor. A folder without an entry takes the one
// of its nearest parent.
var Floors = map[string]int{
	"internal":           -1, // plumbing without a noun of the product
	"tools":              -1,
	"docs":               -1, // the documents, for slot help
	"slot":               0,
	"supervisor/logs":    1,
	"supervisor/store":   1,
	"supervisor/process": 1,
	"supervisor/proxy":   1,
	"supervisor/notify":  1,
	"hooks":              1,
	"coderapi":           1,
	"supervisor/metrics": 1,
	"supervisor/export":  1,
	"supervisor/deploy":  2,
	"supervisor/api":     3,
	"supervisor/admin":   3,
	"supervisor/webhook": 3,
	"supervisor":         4,
	"commands":           5,
	"completions":        5,
	"cmd":                6,
	"bench/lab":          5,
	"bench":              6,
	"e2e":                6,
	"examples":           6,

	"supervisor/database": 1,
}

// Allowed lists the arrows on one floor that a decision allows.
var Allowed = map[[2]string]string{
	{"internal/strictjson", "internal/nearest"}: "an unknown key is told with the one that was meant",
	{"hooks/host", "hooks"}:                     "the host speaks the contract",
	{"hooks/hooktest", "hooks"}:                 "the conformance suite speaks the contract",
	{"hooks/bun", "hooks"}:                      "a hook is made with the SDK",
	{"hooks/deno", "hooks"}:                     "a hook is made with the SDK",
	{"hooks/golang", "hooks"}:                   "a hook is made with the SDK",
	{"hooks/java", "hooks"}:                     "a hook is made with the SDK",
	{"hooks/node", "hooks"}:                     "a hook is made with the SDK",
	{"hooks/python", "hooks"}:                   "a hook is made with the SDK",
	{"hooks/php", "hooks"}:                      "a hook is made with the SDK",
	{"hooks/ruby", "hooks"}:                     "a hook is made with the SDK",
	{"hooks/rust", "hooks"}:                     "a hook is made with the SDK",
	{"hooks/static", "hooks"}:                   "a hook is made with the SDK",
	{"hooks/procfile", "hooks"}:                 "a hook is made with the SDK",
	{"hooks/builtin", "hooks"}:                  "it serves the built-in hooks",
	{"hooks/builtin", "hooks/bun"}:              "it serves the built-in hooks",
	{"hooks/builtin", "hooks/deno"}:             "it serves the built-in hooks",
	{"hooks/builtin", "hooks/golang"}:           "it serves the built-in hooks",
	{"hooks/builtin", "hooks/java"}:             "it serves the built-in hooks",
	{"hooks/builtin", "hooks/node"}:             "it serves the built-in hooks",
	{"hooks/builtin", "hooks/python"}:           "it serves the built-in hooks",
	{"hooks/builtin", "hooks/php"}:              "it serves the built-in hooks",
	{"hooks/builtin", "hooks/ruby"}:             "it serves the built-in hooks",
	{"hooks/builtin", "hooks/rust"}:             "it serves the built-in hooks",
	{"hooks/builtin", "hooks/static"}:           "it serves the built-in hooks",
	{"hooks/builtin", "hooks/procfile"}:         "it serves the built-in hooks",
	{"hooks", "hooks/hookpb"}:                   "the generated half of the contract",
}

// OneFile maps a library that is only a face to the one file that imports it.
var OneFile = map[string]string{
	"github.com/AlecAivazis/survey/v2":   "commands/prompt.go",
	"github.com/olekukonko/tablewriter":  "commands/output.go",
	"github.com/hashicorp/go-hclog":      "hooks/host/log.go",
	"github.com/coder/coder/v2/codersdk": "coderapi/client.go",
	"github.com/yuin/goldmark":           "internal/site/markdown.go",
}
