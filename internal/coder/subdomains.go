package coder

import (
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Subdomain reports whether the parameter's value becomes an app's slug, and
// so a part of a host name: by the name's end, as in SLOT_A_SUBDOMAIN.
func (p Parameter) Subdomain() bool { return strings.HasSuffix(p.Name, "_SUBDOMAIN") }

// SubdomainName is the parameter that has the subdomain of a slot, and the
// variable by which a template tells its value to "slot up".
func SubdomainName(n slot.Name) string { return "SLOT_" + strings.ToUpper(string(n)) + "_SUBDOMAIN" }

// Subdomains are those that the template has put into the environment; none
// outside a workspace.
func Subdomains(getenv func(string) string) map[slot.Name]string {
	out := map[slot.Name]string{}
	if !FromEnv(getenv).Inside() {
		return out
	}
	for _, n := range slot.Names() {
		if v := getenv(SubdomainName(n)); v != "" {
			out[n] = v
		}
	}
	return out
}
