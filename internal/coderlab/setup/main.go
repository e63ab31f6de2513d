// Command setup builds the programs that tests with a real Coder need, once a
// version, and prints the folder they are in.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/slot-paas/slot/internal/coderlab"
)

func main() {
	p, err := coderlab.BuildPrograms(context.Background(), os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
	fmt.Println(p.Dir)
}
