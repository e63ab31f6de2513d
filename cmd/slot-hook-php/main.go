// Command slot-hook-php is the built-in hook "php" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/php"
)

func main() { os.Exit(hooks.Serve(php.New())) }
