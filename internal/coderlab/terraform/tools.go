//go:build tools

// Package terraform names the program that this module is there to build.
package terraform

import _ "github.com/hashicorp/terraform"
