package commands

import (
	"errors"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/terminal"

	"github.com/slot-paas/slot/slot"
)

// The questions here are only asked where World.interactive holds; Ctrl+C gives
// KindCanceled.

// ask asks for one line until check accepts it; preset is what Enter means.
func (w *World) ask(question, help, preset string, check func(string) error) (answer string, err error) {
	return answer, w.prompt(&survey.Input{Message: question, Help: help, Default: preset}, &answer,
		survey.WithValidator(func(v any) error { return check(v.(string)) }))
}

// pick asks for one of the options and returns its place; preset is the place
// of the one that Enter means. What is typed narrows them down.
func (w *World) pick(question, help string, options []string, preset int) (at int, err error) {
	return at, w.prompt(&survey.Select{Message: question, Help: help, Options: options, Default: preset}, &at)
}

// pickSome asks for any of the options and returns their places.
func (w *World) pickSome(question, help string, options []string, presets []int) (at []int, err error) {
	return at, w.prompt(&survey.MultiSelect{Message: question, Help: help, Options: options, Default: presets}, &at,
		survey.WithRemoveSelectAll(), survey.WithRemoveSelectNone())
}

func (w *World) prompt(p survey.Prompt, answer any, opts ...survey.AskOpt) error {
	if w.keys == nil {
		w.keys = &keys{File: w.In}
	}
	err := survey.AskOne(p, answer, append(opts, survey.WithStdio(w.keys, w.In, w.In))...)
	if errors.Is(err, terminal.InterruptErr) {
		return slot.E(slot.KindCanceled, "", errors.New("canceled"))
	}
	return err
}

// confirm asks a question to be answered with yes or no; no is what Enter
// means.
func (w *World) confirm(question string) (bool, error) { return w.choose(question, false) }

// confirmYes is confirm where yes is what Enter means.
func (w *World) confirmYes(question string) (bool, error) { return w.choose(question, true) }

func (w *World) choose(question string, yes bool) (bool, error) {
	return yes, w.prompt(&survey.Confirm{Message: question, Default: yes}, &yes)
}
