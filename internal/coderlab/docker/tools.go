//go:build tools

// Package docker names the program that this module is there to build.
package docker

import _ "github.com/terraform-providers/terraform-provider-docker"
