// Package coder has the story of the admin in a real browser through the app
// proxy of a real Coder server: its owner logs in at Coder and deploys, others
// stay outside.
package coder
