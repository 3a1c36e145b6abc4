package parse

import (
	"fmt"
	"strings"
)

// Place is where a value stands in a file.
type Place struct {
	File         string
	Line, Column int // from 1; 0: not known
}

// Sighting is the first value of a kind, where it stands, and how many there are.
type Sighting struct {
	At    Place
	Value string
	Count int64
}

// Add counts a value, and keeps it where it is the first.
func (m *Sighting) Add(at Place, value string) {
	if m.Count == 0 {
		m.At, m.Value = at, strings.Clone(value)
	}
	m.Count++
}

func (m *Sighting) addBytes(at Place, value []byte) {
	if m.Count == 0 {
		m.At, m.Value = at, string(value)
	}
	m.Count++
}

// join takes in the sightings of what stands behind.
func (m *Sighting) join(o *Sighting) {
	if m.Count == 0 {
		m.At, m.Value = o.At, o.Value
	}
	m.Count += o.Count
}

// where says in which line the value stands, where that is known.
func (m *Sighting) where() string {
	if m.At.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" in line %d", m.At.Line)
}

// ShortQuote quotes a value as an error shows it.
func ShortQuote(value string) string {
	const most = 40
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}
