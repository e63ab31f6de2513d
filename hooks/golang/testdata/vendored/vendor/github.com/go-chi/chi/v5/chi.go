// Package chi stands in for the router.
package chi

// Hello is all it has.
const Hello = "hello"
