package data

import (
	"fmt"
	"strings"
)

// place is where a value stands in a file.
type place struct {
	file         string
	line, column int // from 1; 0: not known
}

// sighting is the first value of a kind, where it stands, and how many there are.
type sighting struct {
	at    place
	value string
	count int64
}

func (m *sighting) add(at place, value string) {
	if m.count == 0 {
		m.at, m.value = at, strings.Clone(value)
	}
	m.count++
}

func (m *sighting) addBytes(at place, value []byte) {
	if m.count == 0 {
		m.at, m.value = at, string(value)
	}
	m.count++
}

// join takes in the sightings of what stands behind.
func (m *sighting) join(o *sighting) {
	if m.count == 0 {
		m.at, m.value = o.at, o.value
	}
	m.count += o.count
}

// where says in which line the value stands, where that is known.
func (m *sighting) where() string {
	if m.at.line == 0 {
		return ""
	}
	return fmt.Sprintf(" in line %d", m.at.line)
}
