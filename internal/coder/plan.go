package coder

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/nearest"
	"github.com/slot-paas/slot/slot"
)

// Assignment is a value that somebody wants a parameter to have.
type Assignment struct{ Name, Value string }

// ParseAssignment reads NAME=VALUE; the value may be empty and have more =.
func ParseAssignment(s string) (Assignment, error) {
	name, value, ok := strings.Cut(s, "=")
	switch {
	case !ok:
		return Assignment{}, slot.E(slot.KindUsage, "slot params set "+s+"=value", fmt.Errorf("%q has no =", s))
	case name == "":
		return Assignment{}, slot.E(slot.KindUsage, "slot params lists the names", fmt.Errorf("%q has no name before the =", s))
	case strings.ContainsAny(value, "\x00\r\n") || strings.ContainsAny(name, " \t\x00\r\n"):
		return Assignment{}, slot.E(slot.KindUsage, "", fmt.Errorf("%q is not one line; want NAME=VALUE", s))
	}
	return Assignment{name, value}, nil
}

// Plan judges all wanted values together and returns what would change.
// Coder drops unknown names in silence and finds two equal slugs only when it
// is too late, so everything that a build would fail of is refused here; the
// error names every cause. apps are those of the workspace.
func Plan(params []Parameter, wanted []Assignment, place Place, apps []App) ([]Change, error) {
	var changes []Change
	var causes []error
	after := slices.Clone(params)
	seen := map[string]bool{}
	for _, w := range wanted {
		i := slices.IndexFunc(params, func(p Parameter) bool { return p.Name == w.Name })
		if i < 0 {
			causes = append(causes, unknown(params, w.Name))
			continue
		}
		if seen[w.Name] {
			causes = append(causes, fmt.Errorf("%s is given twice", w.Name))
			continue
		}
		seen[w.Name] = true
		if err := check(params[i], w.Value, place); err != nil {
			causes = append(causes, fmt.Errorf("%s: %w", w.Name, err))
			continue
		}
		after[i].Value = w.Value
		if w.Value != params[i].Value || params[i].Ephemeral {
			changes = append(changes, Change{w.Name, params[i].Value, w.Value})
		}
	}
	if len(causes) == 0 {
		causes = collisions(params, after, apps)
	}
	if len(causes) > 0 {
		return nil, slot.E(slot.KindUsage, "slot params shows what each takes", join(causes))
	}
	return changes, nil
}

func check(p Parameter, value string, place Place) error {
	if p.Subdomain() && value != p.Value {
		if err := slot.CheckSubdomain(value); err != nil {
			return err
		}
		if label := place.Label(value); len(label) > MaxLabel {
			return fmt.Errorf("%q makes the host name's part %q %d characters long; %d are possible, so %d for the subdomain",
				value, label, len(label), MaxLabel, max(place.Room(), 0))
		}
	}
	return p.Check(value)
}

// unknown names the parameter that was meant, where one is near.
func unknown(params []Parameter, name string) error {
	var known []string
	for _, p := range params {
		known = append(known, p.Name)
	}
	if near := nearest.Word(name, known); near != "" {
		return fmt.Errorf("the template has no parameter %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("the template has no parameter %q", name)
}

// collisions names the slugs that two apps would have. before and after are
// the same parameters; an app that no parameter names keeps its slug.
func collisions(before, after []Parameter, apps []App) (causes []error) {
	has := map[string]string{} // slug to who has it
	for _, a := range apps {
		if !slices.ContainsFunc(before, func(p Parameter) bool { return p.Subdomain() && p.Value == a.Slug }) {
			has[a.Slug] = fmt.Sprintf("the app %q", a.Name)
		}
	}
	for _, p := range after {
		if !p.Subdomain() {
			continue
		}
		if other, taken := has[p.Value]; taken {
			causes = append(causes, fmt.Errorf("%s: %q is what %s has; a build with two equal ones fails", p.Name, p.Value, other))
		}
		has[p.Value] = p.Name
	}
	return causes
}

// join puts the causes into one line.
func join(causes []error) error {
	if len(causes) == 1 {
		return causes[0]
	}
	var texts []string
	for _, c := range causes {
		texts = append(texts, c.Error())
	}
	return errors.New(strings.Join(texts, "; "))
}
