// Command picture makes pictures of a terminal: go run ./internal/picture -slot
// bin/slot docs/images/NAME.commands... types the commands of each file into
// a real terminal (tmux), with a state folder of its own, and writes what is on
// the screen to NAME.svg beside it. It stops what it started.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	program := flag.String("slot", "bin/slot", "the program to show")
	flag.Parse()
	for _, file := range flag.Args() {
		if err := draw(ctx, *program, file, strings.TrimSuffix(file, ".commands")+".svg"); err != nil {
			fmt.Fprintln(os.Stderr, "picture:", err)
			os.Exit(1)
		}
	}
}

func draw(ctx context.Context, program, file, out string) error {
	commands, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cannot read the commands: %w", err)
	}
	screen, err := record(ctx, program, string(commands))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	title, _, _ := strings.Cut(string(commands), "\n")
	if err := os.WriteFile(out, []byte(svg(strings.TrimPrefix(title, "# "), screen)), 0o644); err != nil {
		return fmt.Errorf("cannot write the picture: %w", err)
	}
	return nil
}
