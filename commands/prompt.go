package commands

import (
	"errors"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/terminal"

	"github.com/slot-paas/slot/slot"
)

// ask asks for one line until check accepts it. It is only called where
// World.interactive holds; Ctrl+C gives KindCanceled.
func (w *World) ask(question, help string, check func(string) error) (string, error) {
	var answer string
	err := survey.AskOne(&survey.Input{Message: question, Help: help}, &answer,
		survey.WithStdio(w.In, w.In, w.In),
		survey.WithValidator(func(v any) error { return check(v.(string)) }))
	if errors.Is(err, terminal.InterruptErr) {
		return "", slot.E(slot.KindCanceled, "", errors.New("canceled"))
	}
	return answer, err
}

// confirm asks a question to be answered with yes or no; no is what Enter
// means. It is only called where World.interactive holds; Ctrl+C gives
// KindCanceled.
func (w *World) confirm(question string) (bool, error) { return w.choose(question, false) }

// confirmYes is confirm where yes is what Enter means.
func (w *World) confirmYes(question string) (bool, error) { return w.choose(question, true) }

func (w *World) choose(question string, yes bool) (bool, error) {
	err := survey.AskOne(&survey.Confirm{Message: question, Default: yes}, &yes, survey.WithStdio(w.In, w.In, w.In))
	if errors.Is(err, terminal.InterruptErr) {
		return false, slot.E(slot.KindCanceled, "", errors.New("canceled"))
	}
	return yes, err
}
