//go:build tools

// Package server names the programs that this module is there to build.
package server

import (
	_ "github.com/coder/coder/v2/cmd/coder"
	_ "github.com/coder/terraform-provider-coder/v2"
)
