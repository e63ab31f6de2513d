package store

// Compact writes the history anew, as a record does when the file is long.
func Compact(s *Store) { s.compact(0) }
