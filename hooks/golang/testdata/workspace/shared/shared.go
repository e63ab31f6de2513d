// Package shared is used by the program.
package shared

// Hello is what it says.
const Hello = "hello"
