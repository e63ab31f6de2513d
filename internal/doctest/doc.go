// Package doctest holds the tests that keep the documents true: links lead
// somewhere, and every variable, exit code, route, setting, JSON field and
// floor stands on its page. It has no code of its own.
package doctest
