package coder_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

func n(v int) *int { return &v }

func template() []coder.Parameter {
	rule := "^[a-z0-9](-?[a-z0-9])*$"
	return []coder.Parameter{
		{Name: "SLOT_A_SUBDOMAIN", Type: "string", Mutable: true, Value: "a", Default: "a", Regex: rule, Message: "small letters please"},
		{Name: "SLOT_B_SUBDOMAIN", Type: "string", Mutable: true, Value: "b", Default: "b"},
		{Name: "SHARE", Type: "string", Mutable: true, Value: "owner", Options: []coder.Option{{Name: "Me", Value: "owner"}, {Name: "All", Value: "public"}}},
		{Name: "CPUS", Type: "number", Mutable: true, Value: "2", Min: n(1), Max: n(8), Message: "{min} to {max} cores"},
		{Name: "DISK", Type: "number", Mutable: true, Value: "10", Min: n(1), Monotonic: "increasing"},
		{Name: "QUOTA", Type: "number", Mutable: true, Value: "10", Max: n(20), Monotonic: "decreasing"},
		{Name: "RATIO", Type: "number", Mutable: true, Value: "1"},
		{Name: "REGION", Type: "string", Value: "eu"},
		{Name: "DEBUG", Type: "bool", Mutable: true, Value: "false"},
		{Name: "TAGS", Type: "list(string)", Mutable: true, Value: `[]`, Multiple: true, Options: []coder.Option{{Value: "x"}, {Value: "y"}}},
		{Name: "NAME", Type: "string", Mutable: true, Required: true, Value: "n"},
		{Name: "ONCE", Type: "string", Mutable: true, Ephemeral: true, Value: "no"},
		{Name: "CODE", Type: "string", Mutable: true, Value: "ab", Regex: "^[a-c]+$"},
	}
}

func apps() []coder.App {
	return []coder.App{{Slug: "a", Name: "Slot A"}, {Slug: "b", Name: "Slot B"}, {Slug: "admin", Name: "Admin"}}
}

func plan(t *testing.T, args ...string) ([]coder.Change, error) {
	t.Helper()
	var wanted []coder.Assignment
	for _, a := range args {
		w, err := coder.ParseAssignment(a)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, w)
	}
	place := coder.FromEnv(inside("https://{{port}}--main--ws--ada.coder.example.com"))
	return coder.Plan(template(), wanted, place, apps())
}

func TestPlan_RefusesWhatABuildWouldFailOf(t *testing.T) {
	long := strings.Repeat("x", 55)
	for _, c := range []struct{ args, want string }{
		{"SLOT_A_SUBDOMAIN", "has no ="},
		{"=x", "no name before the ="},
		{"SLOT_A_SUBDOMAIN=x\ny", "not one line"},
		{"NO_SUCH=1", `no parameter "NO_SUCH"`},
		{"slot_a_subdomain=x", "did you mean SLOT_A_SUBDOMAIN?"},
		{"CPUS=3 CPUS=4", "CPUS is given twice"},
		{"REGION=us", `it is "eu" and was fixed when the workspace was made`},
		{"SLOT_A_SUBDOMAIN=My_Blog", "capital letter"},
		{"SLOT_A_SUBDOMAIN=a--b", "two - in a row"},
		{"SLOT_B_SUBDOMAIN=3001", "looks like a port"},
		{"SLOT_B_SUBDOMAIN=", "it is empty"},
		{"SLOT_A_SUBDOMAIN=" + long, "64 characters long; 63 are possible, so 54 for the subdomain"},
		{"SLOT_A_SUBDOMAIN=b", "what SLOT_A_SUBDOMAIN has"},
		{"SLOT_A_SUBDOMAIN=admin", `"admin" is what the app "Admin" has`},
		{"SLOT_A_SUBDOMAIN=new SLOT_B_SUBDOMAIN=new", `"new" is what SLOT_A_SUBDOMAIN has`},
		{"SHARE=nobody", "none of its options; want owner, public"},
		{"CPUS=9", "1 to 8 cores"},
		{"CPUS=many", "not a number"},
		{"CPUS=1.5", "not a whole number"},
		{"RATIO=x", "not a number"},
		{"DISK=0", "1 or more"},
		{"DISK=9", "only lets it grow"},
		{"QUOTA=21", "20 or less"},
		{"QUOTA=11", "only lets it shrink"},
		{"DEBUG=yes", "neither true nor false"},
		{"TAGS=x", "is no list"},
		{`TAGS=["x","z"]`, `"z" is none of its options`},
		{"NAME=", "the template wants a value"},
		{"CODE=d", "want ^[a-c]+$"},
		{"DEBUG=yes CPUS=9", "DEBUG: \"yes\" is neither true nor false; CPUS: \"9\""},
	} {
		got, err := plan(t, strings.Split(c.args, " ")...)
		if err == nil || !strings.Contains(err.Error(), c.want) || slot.AsError(err).Kind != slot.KindUsage {
			t.Errorf("%s: %v and %v, want %q", c.args, got, err, c.want)
		}
	}
}

func TestPlan_IsWhatDiffers(t *testing.T) {
	got, err := plan(t, "SLOT_A_SUBDOMAIN=b", "SLOT_B_SUBDOMAIN=a", "SHARE=owner", "REGION=eu", "RATIO=1.5", `TAGS=["y"]`, "ONCE=no", "DEBUG=true", "QUOTA=10", "DISK=11", "CPUS=8")
	want := []coder.Change{
		{Name: "SLOT_A_SUBDOMAIN", From: "a", To: "b"}, {Name: "SLOT_B_SUBDOMAIN", From: "b", To: "a"},
		{Name: "RATIO", From: "1", To: "1.5"}, {Name: "TAGS", From: "[]", To: `["y"]`}, {Name: "ONCE", From: "no", To: "no"},
		{Name: "DEBUG", From: "false", To: "true"}, {Name: "DISK", From: "10", To: "11"}, {Name: "CPUS", From: "2", To: "8"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
}

// A bad value that got into the workspace another way must be repairable.
func TestPlan_LeavesABadValueThatIsThere(t *testing.T) {
	params := template()
	params[0].Value = "b" // as slot b's: the last build failed of it
	change := []coder.Assignment{{Name: "SLOT_A_SUBDOMAIN", Value: "a"}}
	if got, err := coder.Plan(params, change, coder.Place{}, nil); err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	other := []coder.Assignment{{Name: "SHARE", Value: "public"}}
	if _, err := coder.Plan(params, other, coder.Place{}, nil); err == nil || !strings.Contains(err.Error(), "what SLOT_A_SUBDOMAIN has") {
		t.Fatalf("a change beside two equal subdomains: %v", err)
	}
}

func FuzzParseAssignment(f *testing.F) {
	for _, s := range []string{"A=b", "A", "=b", "A=", "A=b=c", "A b=c", "A=b\nc", "A=\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := coder.ParseAssignment(s)
		if err == nil && (a.Name == "" || a.Name+"="+a.Value != s || strings.ContainsAny(s, "\n\x00")) {
			t.Errorf("%q became %+v", s, a)
		}
	})
}
