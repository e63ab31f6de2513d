package logs_test

import (
	"testing"

	"github.com/slot-paas/slot/supervisor/logs"
)

func TestMask_ReplacesSecrets(t *testing.T) {
	for name, row := range map[string]struct {
		values   []string
		in, want string
	}{
		"none":               {nil, "abc", "abc"},
		"one":                {[]string{"hunter2"}, "a hunter2 b hunter2", "a ******** b ********"},
		"short is ignored":   {[]string{"abc", ""}, "abc", "abc"},
		"longest first":      {[]string{"pass", "password"}, "password pass", "******** ********"},
		"several lines":      {[]string{"first\r\n  second  \n{\n"}, "first|second|{", "********|********|{"},
		"white space around": {[]string{" token\n"}, "token", "********"},
		"only white space":   {[]string{"        "}, "a         b", "a         b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := logs.NewMask(row.values).Apply(row.in); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	if got := (*logs.Mask)(nil).Apply("abcd"); got != "abcd" {
		t.Errorf("got %q", got)
	}
}

func TestSetSecrets_MasksFromThenOn(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, logs.Options{})
	say(t, l, "hunter2")
	for range 2 {
		l.SetSecrets([]string{"hunter2", "web.1"})
		say(t, l, "is hunter2")
	}
	l.SetSecrets(nil)
	say(t, l, "hunter2")
	want := []string{"hunter2", "is ********", "is ********", "hunter2"}
	for i, got := range tail(t, l, 9) {
		if got != want[i] {
			t.Errorf("got %q, want %q", got, want[i])
		}
	}
}
