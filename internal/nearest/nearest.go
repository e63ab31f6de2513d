// Package nearest finds the word that a person most likely meant.
package nearest

import (
	"slices"
	"strings"
)

// Word returns the known word that is nearest to what was typed, "" when none
// is near: at most two letters off, and never more than a third of it; another
// case counts for nothing. Of two that are as near the first by the alphabet is
// taken.
func Word(typed string, known []string) string {
	const longest = 64 // no word of ours is; bounds the work on hostile input
	if len(typed) > longest {
		return ""
	}
	best, least := "", min(2, max(1, len(typed)/3))+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(typed), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, drop, change or swap with their
// neighbour to get from a to b (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(last[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
