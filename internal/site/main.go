// Command site makes the documents into a folder of pages: go run
// ./internal/site [FOLDER], in the top folder of a checkout. The pages have no
// script and load nothing from elsewhere. It starts nothing and keeps no state.
package main

import (
	"fmt"
	"os"
)

func main() {
	out := "site"
	if len(os.Args) > 1 {
		out = os.Args[1]
	}
	if err := build(".", out); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}
