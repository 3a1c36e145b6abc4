package jobs

import "winback/jobs/console"

// tableWidth is the most columns that a table takes.
const tableWidth = console.Width

// Thousands writes a count with separators: 1,234,567.
func Thousands(n int64) string { return console.Thousands(n) }

func short(v float64) string                    { return console.Short(v) }
func sentence(text string) string               { return console.Sentence(text) }
func wrapWords(text string, width int) []string { return console.Wrap(text, width) }
