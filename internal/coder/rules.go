package coder

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Check says why the server or its terraform would refuse the value for the
// parameter, or nil. It is as strict as Coder 2.28 in both of its parameter
// flows; where they differ, as for changes of immutable values, as the
// stricter one.
func (p Parameter) Check(value string) error {
	if !p.Mutable && value != p.Value {
		return fmt.Errorf("it is %q and was fixed when the workspace was made: the template does not let it change", p.Value)
	}
	if value == "" && p.Required {
		return errors.New("it is empty; the template wants a value")
	}
	if err := p.checkType(value); err != nil {
		return err
	}
	if err := p.checkOptions(value); err != nil {
		return err
	}
	if p.Regex != "" {
		re, err := regexp.Compile(p.Regex)
		if err == nil && !re.MatchString(value) {
			return fmt.Errorf("%q is not taken: %s", value, p.refusal("want "+p.Regex))
		}
	}
	return p.checkRange(value)
}

func (p Parameter) checkType(value string) error {
	switch p.Type {
	case "bool":
		if value != "true" && value != "false" {
			return fmt.Errorf("%q is neither true nor false", value)
		}
	case "number":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return fmt.Errorf("%q is not a number", value)
		}
	case "list(string)":
		if _, err := list(value); err != nil {
			return fmt.Errorf(`%q is no list; want ["one","two"]`, value)
		}
	}
	return nil
}

func list(value string) (items []string, err error) {
	return items, json.Unmarshal([]byte(value), &items)
}

func (p Parameter) checkOptions(value string) error {
	if len(p.Options) == 0 {
		return nil
	}
	values := []string{value}
	if p.Multiple {
		values, _ = list(value) // checkType has seen that it is one
	}
	for _, v := range values {
		if !slices.ContainsFunc(p.Options, func(o Option) bool { return o.Value == v }) {
			return fmt.Errorf("%q is none of its options; want %s", v, strings.Join(p.OptionValues(), ", "))
		}
	}
	return nil
}

// OptionValues are the values that the parameter may have, if they are listed.
func (p Parameter) OptionValues() (out []string) {
	for _, o := range p.Options {
		out = append(out, o.Value)
	}
	return out
}

func (p Parameter) checkRange(value string) error {
	if p.Min == nil && p.Max == nil && p.Monotonic == "" {
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", value)
	}
	if p.Min != nil && n < *p.Min || p.Max != nil && n > *p.Max {
		return fmt.Errorf("%q is not taken: %s", value, p.refusal("want "+p.Range()))
	}
	before, err := strconv.Atoi(p.Value)
	if err != nil {
		return nil
	}
	switch {
	case p.Monotonic == "increasing" && n < before:
		return fmt.Errorf("%q is less than %q, and the template only lets it grow", value, p.Value)
	case p.Monotonic == "decreasing" && n > before:
		return fmt.Errorf("%q is more than %q, and the template only lets it shrink", value, p.Value)
	}
	return nil
}

// Range is the numbers that are taken, in words; empty where all are.
func (p Parameter) Range() string {
	switch {
	case p.Min != nil && p.Max != nil:
		return fmt.Sprintf("%d to %d", *p.Min, *p.Max)
	case p.Min != nil:
		return fmt.Sprintf("%d or more", *p.Min)
	case p.Max != nil:
		return fmt.Sprintf("%d or less", *p.Max)
	}
	return ""
}

// refusal is the template's own words for a bad value, with its placeholders
// filled in, else the ones given.
func (p Parameter) refusal(otherwise string) string {
	if p.Message == "" {
		return otherwise
	}
	text := p.Message
	for name, n := range map[string]*int{"{min}": p.Min, "{max}": p.Max} {
		if n != nil {
			text = strings.ReplaceAll(text, name, strconv.Itoa(*n))
		}
	}
	return text
}
